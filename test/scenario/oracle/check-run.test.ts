import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { userId } from '../../../src/protocol/ids.ts';
import { checkRun } from '../../../src/scenario/oracle/check-run.ts';
import { databaseOf } from '../../../src/scenario/oracle/read-ledger.ts';
import { startStack } from '../../../src/stack/start-stack.ts';
import { aStack, temporaryFolder } from '../../stack/rig.ts';
import { storyOf } from '../fixtures.ts';
import { playOn, realPool } from '../rig.ts';

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

const bob = userId.parse('bob');

test('a run is checked from its folder while it goes on and when it is over, and a loss is found in both', async () => {
  await using folder = await temporaryFolder();
  const check = () => checkRun(folder.path, (id) => id.replace(/~.*/, ''));
  {
    await using stack = await startStack(aStack(folder.path, ['alice', 'bob', 'carol']), { pool });
    const played = await playOn(
      storyOf(
        '  - alice: { share: berlin-calls, with: bob, until: delivered }\n  - bob: { has: berlin-calls, must: true }',
      ),
      stack,
    );
    expect(played.said).toBe('');
    expect(await check()).toMatchObject({ users: ['alice', 'bob', 'carol'], live: true, findings: [] });
    const db = new DatabaseSync(databaseOf(folder.path, bob), { timeout: 5000 });
    db.exec('delete from positions where draft is null');
    db.close();
    expect((await check()).findings).toMatchObject([{ name: 'lost', certain: false, user: 'bob' }]);
  }
  const over = await check();
  expect(over).toMatchObject({
    findings: [
      { name: 'lost', user: 'bob', message: 'alice shares berlin-calls with bob, who has no copy of it.' },
    ],
    notChecked: ['what users were told about their acts: only a scenario writes that down'],
  });
  // A command of somebody's keeps what it has as it likes.
  await mkdir(join(folder.path, 'data', 'dave'));
  const { users, read, notChecked } = await check();
  expect([users.length, read]).toEqual([4, ['alice', 'bob', 'carol']]);
  expect(notChecked[0]).toBe('dave: the backend cannot be read, so nothing of it was checked');
});
