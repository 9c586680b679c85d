import { startStack } from '../../src/stack/start-stack.ts';
import { script } from '../stack/foreign-rig.ts';
import { aStack, puppetPool } from '../stack/rig.ts';

/** Starts a stack in the folder of its argument, tells the pids, and waits to be killed. */
const [, , folder = ''] = process.argv;
// What is not ours has no channel that could close, and here it has started something itself.
const database = script('', { command: 'sleep 600 & exec sleep 600' });
const config = aStack(folder, ['alice', 'bob'], { services: { database } });
const stack = await startStack(config, { pool: puppetPool() });
// A paused process does not see that its channel has closed.
await stack.pause('bob');
process.send?.(stack.instances().map(({ pid }) => pid));
setInterval(() => {}, 60_000);
