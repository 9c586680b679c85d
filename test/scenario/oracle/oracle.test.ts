import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { userId } from '../../../src/protocol/ids.ts';
import { openUserApi } from '../../../src/scenario/actor.ts';
import { databaseOf, readLedger } from '../../../src/scenario/oracle/read-ledger.ts';
import type { RunOptions } from '../../../src/scenario/run.ts';
import type { Stack } from '../../../src/stack/stack.ts';
import { startStack } from '../../../src/stack/start-stack.ts';
import { aStack, temporaryFolder } from '../../stack/rig.ts';
import { storyOf } from '../fixtures.ts';
import { play, playOn, realPool } from '../rig.ts';

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

const alice = userId.parse('alice');
const bob = userId.parse('bob');
const shared =
  '  - alice: { share: berlin-calls, with: bob, until: delivered }\n  - bob: { has: berlin-calls, must: true }\n';

/** Plays a story, and changes a database behind everybody's back in front of its last step. */
async function tampered(steps: string, user: string, sql: string) {
  let stack: Stack | undefined;
  const lines = steps.trim().split('\n').length;
  let step = 0;
  const pace: RunOptions['pace'] = async () => {
    step += 1;
    if (step < lines || !stack) return;
    const db = new DatabaseSync(databaseOf(stack.folder, userId.parse(user)), { timeout: 5000 });
    db.exec(sql);
    db.close();
  };
  return play(storyOf(steps), pool, { pace }, (running) => {
    stack = running;
  });
}

describe('a scenario whose steps all come true fails', () => {
  test.each([
    ['where a copy is gone', 'bob', 'delete from positions', 'lost'],
    [
      'where a copy differs',
      'bob',
      `update positions set content = replace(content, '"quantity":1', '"quantity":9') where draft is null`,
      'stale',
    ],
    ['where an inbox record is gone', 'bob', 'delete from collab_inbox', 'lost'],
    [
      'where a grant is gone and no revoke was sent',
      'alice',
      'delete from shares; delete from collab_outbox',
      'zombie',
    ],
    ['where a friend was forgotten', 'bob', 'delete from friends', 'zombie'],
  ])('%s', async (_what, user, sql, name) => {
    const { verdict, said } = await tampered(`${shared}  - alice: { has: berlin-calls }`, user, sql);
    expect(verdict).toMatchObject({ outcome: 'failed', exit: 1 });
    expect(verdict.findings.map(({ problem }) => problem.code)).toContain(name);
    expect(said).toContain(`${name}: `);
  });
});

test('a finding tells the history of its event', async () => {
  const { verdict } = await tampered(
    `${shared}  - alice: { has: berlin-calls }`,
    'bob',
    'delete from collab_inbox',
  );
  const [finding] = verdict.findings;
  expect(finding?.problem.message).toBe(
    "lost: alice's position_shared about berlin-calls to bob counts as delivered, and bob's inbox has no record of it.",
  );
  expect(finding?.seen).toEqual(
    expect.arrayContaining([
      "alice's outbox: position_shared about berlin-calls to bob, delivered, sent 1 time",
      expect.stringMatching(/^event [0-9a-f-]{36}$/),
      expect.stringMatching(/^ +[\d.]+ ms {2}the relay wrote it to bob's socket$/),
      expect.stringMatching(/^ +[\d.]+ ms {2}bob's backend applied it$/),
    ]),
  );
});

describe('an act that got no answer', () => {
  test('fails its step where the database shows that it was not carried out, and the story goes on until then', async () => {
    const { verdict, events } = await play(
      storyOf(
        '  - alice: kill\n  - alice: { share: berlin-calls, with: bob }\n  - bob: { lacks: berlin-calls }',
      ),
      pool,
    );
    expect(events.flatMap((event) => (event.type === 'step_ended' ? [event.outcome] : []))).toEqual([
      'passed',
      'inconclusive',
      'passed',
    ]);
    expect(verdict).toMatchObject({ outcome: 'failed', exit: 1 });
    expect(verdict.findings.map(({ problem }) => problem.message)).toEqual([
      "alice's attempt to share berlin-calls with bob got no answer, and alice's database shows that it was not carried out.",
    ]);
  });

  test('passes where the database shows that it was carried out', async () => {
    await using between = await answerEater();
    let stack: Stack | undefined;
    const { verdict, events } = await play(
      storyOf(
        '  - alice: { share: berlin-calls, with: bob }\n  - bob: { receives: position_shared, within: 10s }',
      ),
      pool,
      {
        pace: async ({ text }) => {
          if (!stack) return;
          between.target = text.startsWith('alice') ? stack.urlOf(alice) : undefined;
        },
      },
      (running) => {
        stack = running;
        const { urlOf } = running;
        running.urlOf = (user) => (user === alice && between.target ? between.url : urlOf(user));
      },
    );
    expect(between.eaten).toEqual([200]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'step_ended', outcome: 'inconclusive' }));
    expect(verdict).toMatchObject({ outcome: 'passed', exit: 0, findings: [] });
  });
});

/** Hands requests on to `target`, and hangs up instead of answering. */
async function answerEater() {
  const eater = {
    url: '',
    target: undefined as string | undefined,
    eaten: [] as (number | undefined)[],
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
  const server = createServer((request, response) => {
    const { method, headers, url = '/' } = request;
    const onwards = httpRequest(new URL(url, eater.target), { method, headers, agent: false }, (answer) => {
      eater.eaten.push(answer.statusCode);
      answer.resume();
      response.destroy();
    });
    request.pipe(onwards);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  eater.url = `http://127.0.0.1:${address.port}`;
  return eater;
}

describe('what was left down', () => {
  test('is read from its database, and what waits for it is no loss', async () => {
    const { verdict } = await play(
      storyOf(`${shared}  - bob: kill\n  - alice: { comment: Still there?, on: berlin-calls }`),
      pool,
    );
    expect(verdict).toMatchObject({ outcome: 'passed', findings: [], notChecked: [] });
  });

  test('can be the relay', async () => {
    const { verdict } = await play(
      storyOf(`${shared}  - relay: kill\n  - alice: { comment: Still there?, on: berlin-calls }`),
      pool,
    );
    expect(verdict).toMatchObject({ outcome: 'passed', findings: [], notChecked: [] });
  });
});

test('strict: where it never gets quiet, nobody can tell whether more arrives', async () => {
  const steps = `${shared}  - bob: { receives: position_shared }\n  - alice: { has: berlin-calls }`;
  let started = false;
  const pace = async () => {
    started = true;
  };
  const { verdict } = await play(storyOf(steps), pool, { strict: true, pace }, (stack) => {
    const { census } = stack;
    // One process always has something left to do.
    stack.census = async () => {
      const { by } = await census();
      const relay = by.get('relay');
      if (started && relay) return { by: new Map(by).set('relay', { ...relay, runnable: { chores: 1 } }) };
      return { by };
    };
  });
  expect(verdict).toMatchObject({ outcome: 'inconclusive', exit: 4 });
  expect(verdict.findings.map(({ problem }) => problem.code)).toEqual(['not-quiet']);
});

test('both drivers read the same of one backend, as far as REST shows it', async () => {
  await using folder = await temporaryFolder();
  await using stack = await startStack(aStack(folder.path, ['alice', 'bob', 'carol']), { pool });
  const story = storyOf(
    `${shared}  - bob: { comment: Great, on: berlin-calls, until: delivered }\n` +
      '  - alice: { update: berlin-calls, set: { notes: New }, until: delivered }\n' +
      '  - alice: { receives: comment_added }',
  );
  expect((await playOn(story, stack)).verdict.outcome).toBe('passed');
  const api = openUserApi(stack, bob, new AbortController().signal);
  const fromFile = await readLedger(stack.folder, bob, undefined);
  const fromRest = await readLedger(join(stack.folder, 'elsewhere'), bob, api);
  if (!fromFile || !fromRest) throw new Error('bob is there');
  const shown = {
    ...fromFile,
    positions: fromFile.positions.map(({ awaited: _awaited, share: _share, ...row }) => row),
    comments: fromFile.comments.map(({ carrier: _carrier, ...row }) => row),
    outbox: fromFile.outbox.map(({ cause: _cause, comment: _comment, share: _share, ...row }) => row),
    unseen: ['grants', 'fetching', 'leaving', 'causes'],
  };
  expect(fromRest).toEqual(shown);
});
