import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { groupLives, temporaryFolder } from './rig.ts';

/** It takes a third of a second, and may take three; what does not go by itself would be there for ever. */
const goneWithinMs = 15_000;

test('after a kill -9 of whoever owns the stack, nothing of it goes on running', async () => {
  await using folder = await temporaryFolder();
  const parent = fork(join(import.meta.dirname, '../fixtures-children/parent.ts'), [folder.path]);
  const [message] = await once(parent, 'message');
  const pids = z.array(z.int()).length(5).parse(message);
  expect(pids.map(groupLives)).toEqual(Array(5).fill(true));
  parent.kill('SIGKILL');
  const killed = performance.now();
  while (pids.some(groupLives) && performance.now() - killed < goneWithinMs) await wait(20);
  expect(pids.map(groupLives)).toEqual(Array(5).fill(false));
});
