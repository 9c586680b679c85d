import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Stack } from '../../src/stack/stack.ts';

const answerMs = 10_000;

/** Asks the relay for its heap after a collection, in bytes. */
export async function relayHeap(stack: Stack): Promise<number> {
  const pid = stack.instances().find(({ name }) => name === 'relay')?.pid;
  if (pid === undefined) throw new Error('the relay is not running');
  const before = await heaps(stack);
  process.kill(pid, 'SIGUSR2');
  for (const end = performance.now() + answerMs; performance.now() < end; await wait(20)) {
    const now = await heaps(stack);
    const newest = now.at(-1);
    if (newest !== undefined && now.length > before.length) return newest;
  }
  throw new Error('the relay did not say how much heap it uses');
}

async function heaps({ folder }: Stack): Promise<number[]> {
  const log = await readFile(join(folder, 'logs', 'relay.log'), 'utf8').catch(() => '');
  return [...log.matchAll(/^heap (\d+)$/gm)].map(([, bytes]) => Number(bytes));
}
