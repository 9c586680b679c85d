import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { type StackOptions, startStack, Unmet } from '../../src/library/main.ts';
import { readStackFile } from '../../src/stack/run-folder.ts';

const timeout = 120_000;

async function aStack<const Name extends string>(options: StackOptions<Name>) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'collab-dev-library-'));
  onTestFinished(() => folder.remove());
  return startStack({ folder: folder.path, ...options });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('alice shares, bob receives, carol gets nothing, and nothing runs afterwards', { timeout }, async () => {
  let pids: number[];
  {
    await using stack = await aStack({
      users: ['alice', 'bob', 'carol'],
      friends: [['alice', 'bob']],
      positions: { alice: ['berlin-calls'] },
    });
    const { alice, bob, carol } = stack.users;
    const file = await readStackFile(stack.folder);
    pids = (file?.processes ?? []).flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    expect(pids.filter(isAlive)).toHaveLength(5);

    const { event_ids: sent } = await alice.share('berlin-calls', { with: ['bob', 'carol'] });
    const event = await bob.receives('position_shared', { from: 'alice', count: 1, within: '20s' });
    expect(sent).toContain(event.id);
    await carol.never('any');

    // What a file would take for the name of something is a text of the test.
    await bob.comment('costs $alice and $5', { on: 'berlin-calls', until: 'delivered', within: '20s' });
    const text = 'costs $alice and $5';
    await alice.sees('comment_added', { match: { data: { comment: { text } } }, within: '20s' });
    expect(await bob.http('GET /api/v1/friends')).toMatchObject({
      status: 200,
      body: [{ user_id: 'alice' }],
    });
    await stack.check();
  }
  expect(pids.filter(isAlive)).toEqual([]);
});

test('a cut holds as long as its block, and what waited comes through', { timeout }, async () => {
  await using stack = await aStack({
    users: ['alice', 'bob'],
    friends: 'everyone',
    positions: { alice: { mine: { symbol: 'SAP' } } },
  });
  const { alice, bob } = stack.users;
  {
    await using _cut = await stack.fault('cut', { between: ['bob', 'relay'] });
    await alice.share('mine', { with: 'bob' });
    await expect(stack.quiet()).rejects.toMatchObject({ name: 'Unmet', outcome: 'inconclusive' });
  }
  await bob.has('mine', { match: { symbol: 'SAP' }, within: '20s' });
  await stack.quiet({ within: '20s' });
});

test('what does not come true is told with what was there instead', { timeout }, async () => {
  await using stack = await aStack({
    users: ['alice', 'bob'],
    friends: 'everyone',
    positions: { alice: ['berlin-calls'] },
  });
  const { alice, bob } = stack.users;
  const unmet = await bob.has('berlin-calls', { within: 100 }).catch((error: unknown) => error);
  expect(unmet).toBeInstanceOf(Unmet);
  expect(unmet).toMatchObject({
    code: 'has-not',
    outcome: 'failed',
    message: 'bob has not got berlin-calls within 100 ms.\n  It has no positions.',
  });
  const refused = { code: 'act-refused', message: expect.stringContaining('404') };
  await expect(alice.revoke('berlin-calls', { from: 'bob' })).rejects.toMatchObject(refused);
  const known = await bob.http('GET /api/v1/positions/ideas/unknown', { outcome: { status: 404 } });
  expect(known.status).toBe(404);
  // The journal of the run tells the same to "collab-dev explain" and "logs".
  const { folder } = stack;
  expect(await readFile(join(folder, 'stack.json'), 'utf8')).toContain(stack.runId);
});

test('steps of a scenario file can be played as they are', { timeout }, async () => {
  await using stack = await aStack({
    users: { alice: {}, bob: { acks: false } },
    friends: 'everyone',
    positions: { alice: ['berlin-calls'] },
  });
  const value = await stack.play(
    { alice: { share: 'berlin-calls', with: 'bob', as: 'offer' } },
    {
      parallel: [{ bob: { receives: 'position_shared', within: '20s' } }, { alice: { has: 'berlin-calls' } }],
    },
    { bob: { has: 'berlin-calls', within: '20s' } },
  );
  expect(value).toMatchObject({ owner_id: 'alice', read_only: true });
});

test("bob's backend can be a command of the test's own", { timeout }, async () => {
  const bin = join(import.meta.dirname, '../../bin/collab-dev.js');
  await using stack = await aStack({
    users: {
      alice: {},
      bob: {
        backend: { command: [process.execPath, bin, 'backend'], ready: { http: '/readyz', within: '60s' } },
      },
    },
    friends: 'everyone',
    positions: { alice: ['berlin-calls'] },
  });
  const { alice, bob } = stack.users;
  await alice.share('berlin-calls', { with: 'bob', until: 'delivered', within: '20s' });
  await bob.has('berlin-calls', { within: '20s' });
  await stack.kill('bob');
  await alice.update('berlin-calls', { set: { notes: 'later' } });
  await stack.start('bob');
  await bob.has('berlin-calls', { match: { notes: 'later' }, within: '20s' });
  await stack.check();
});

test.for([
  [{ users: { bob: { backend: { command: '' } } } }, '"command" needs a command.'],
  [{ users: ['alice', 'Bob'] }, 'A user is named in lower case'],
  [{ users: ['alice'], friends: [['alice', 'bob']] }, '"bob" is no user of this test.'],
  [{ users: ['alice'], positions: { alice: ['berlin-cals'] } }, 'Did you mean "berlin-calls"?'],
  [{ users: ['alice'], grace: 'soon' }, 'needs a duration with its unit'],
  [{ users: ['alice', 'alice'] }, '"alice" is a user already.'],
  [
    { users: ['alice', 'bob'], friend: [['alice', 'bob']] },
    'not a key of startStack. Did you mean "friends"?',
  ],
] as const)('options that are wrong start nothing: %j', { timeout }, async ([options, sentence]) => {
  const given: StackOptions = options;
  await expect(aStack(given)).rejects.toThrow(sentence);
});

/** As a test in JavaScript may give them: what JSON says has no type. */
const untyped = (text: string): StackOptions => JSON.parse(text);

test.for([
  ['"python"', /^The backend of bob must be a map with a command, like \{.+\}, not "python": /],
  ['{ "comand": "./run" }', '"comand" is not a key of the backend of bob. Did you mean "command"?'],
  ['{ "ready": { "tcp": true } }', 'The backend of bob needs "command".'],
  ['{ "command": "./run", "restart": "ever" }', '"ever" is none of never, on-failure or always.'],
  ['{ "command": "./run", "stop": { "grace": "5" } }', 'needs a duration with its unit'],
] as const)('a backend that is wrong is told as in a file: %j', async ([backend, sentence]) => {
  const given = untyped(`{ "users": { "bob": { "backend": ${backend} } } }`);
  await expect(aStack(given)).rejects.toThrow(sentence);
});

test('a slip in a call is told like one in a file', { timeout }, async () => {
  await using stack = await aStack({ users: ['alice', 'bob'], positions: { alice: ['berlin-calls'] } });
  const { alice } = stack.users;
  await expect(alice.share('berlin-call', { with: 'bob' })).rejects.toThrow('Did you mean "berlin-calls"?');
  await expect(stack.play({ alice: { shares: 'berlin-calls', with: 'bob' } })).rejects.toThrow(
    '"shares" is no verb.',
  );
  // @ts-expect-error: there is no such fault.
  await expect(stack.fault('cutt', { between: ['bob', 'relay'] })).rejects.toThrow(
    '"cutt" is no fault. Did you mean "cut"? There are cut, delay',
  );
});
