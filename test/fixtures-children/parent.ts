import { startStack } from '../../src/stack/start-stack.ts';
import { aStack, puppetPool } from '../stack/rig.ts';

/** Starts a stack in the folder of its argument, tells the pids, and waits to be killed. */
const [, , folder = ''] = process.argv;
const stack = await startStack(aStack(folder, ['alice', 'bob']), { pool: puppetPool() });
// A paused process does not see that its channel has closed.
await stack.pause('bob');
process.send?.(stack.instances().map(({ pid }) => pid));
setInterval(() => {}, 60_000);
