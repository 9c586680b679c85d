import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Journal } from '../../src/journal/journal.ts';
import { plainLines } from '../../src/journal/line.ts';
import { tenSteps } from '../../src/journal/ten-steps.ts';
import { backendRoutes } from '../../src/protocol/backend-rest.ts';
import type { EventId } from '../../src/protocol/ids.ts';
import type { JournalEntry, StepRecord } from '../../src/protocol/records.ts';
import { createPool, type ProcessPool } from '../../src/stack/pool.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { aStack, temporaryFolder, user } from './rig.ts';

const [alice, bob] = [user('alice'), user('bob')];

/** The real relay, links and backends, as they are bundled. */
let pool: ProcessPool;
beforeAll(() => {
  pool = createPool();
  pool.warm('links', 1);
  pool.warm('relay', 1);
  pool.warm('backend', 3);
});
afterAll(() => pool[Symbol.asyncDispose]());

async function call(stack: Stack, who: typeof alice, method: string, path: string, body?: unknown) {
  const token = await stack.tokenFor(who, `collab-backend:${who}`);
  const response = await fetch(`${stack.urlOf(who)}/api/v1/positions/ideas${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(response.status, `${method} ${path}`).toBeLessThan(300);
  return response.json();
}

async function share(stack: Stack, id: string, to: readonly string[]): Promise<EventId> {
  await call(stack, alice, 'POST', '', { id, symbol: 'SAP' });
  const answer = await call(stack, alice, 'POST', `/${id}/share`, { friend_ids: to });
  const [event] = backendRoutes.sharePosition.answer.parse(answer).event_ids;
  if (!event) throw new Error('no event');
  return event;
}

const positions = async (stack: Stack, who: typeof alice) =>
  backendRoutes.listPositions.answer.parse(await call(stack, who, 'GET', '')).map(({ id }) => id);

/** Resolves with the first entry that matches, of those that are there and those to come. */
function entryWhere(journal: Journal, match: (entry: JournalEntry) => boolean): Promise<JournalEntry> {
  return new Promise((resolve) => {
    const look = (entries: readonly JournalEntry[]) => {
      const found = entries.find(match);
      if (!found) return;
      off();
      resolve(found);
    };
    const off = journal.subscribe(look);
    look(journal.since(1));
  });
}

const stepOf =
  (event: EventId, step: StepRecord['step'], more: Partial<StepRecord> = {}) =>
  (entry: JournalEntry) =>
    entry.type === 'step' &&
    entry.event === event &&
    entry.step === step &&
    Object.entries(more).every(([key, value]) => Reflect.get(entry, key) === value);

test('what alice shares arrives at bob in the ten steps of the brief, and not at a stranger', async () => {
  await using folder = await temporaryFolder();
  const config = aStack(folder.path, ['alice', 'bob', 'carol']);
  const strangers = config.users.map((one) =>
    one.name === 'carol'
      ? { ...one, friends: [] }
      : { ...one, friends: one.friends.filter((f) => f !== 'carol') },
  );
  await using stack = await startStack({ ...config, users: strangers }, { pool });
  const event = await share(stack, 'berlin-calls', ['bob']);
  await entryWhere(stack.journal, stepOf(event, 'notified', { to: bob }));
  await entryWhere(stack.journal, stepOf(event, 'settled', { stage: 'delivered' }));

  expect(await positions(stack, bob)).toContain('berlin-calls');
  expect(await positions(stack, user('carol'))).not.toContain('berlin-calls');
  const steps = tenSteps(stack.journal.since(1), event).get(bob) ?? [];
  expect(steps.filter(({ missing }) => missing).map(({ n }) => n)).toEqual([10]);
  // The journal is in causal order, whatever the clocks of the processes say.
  const order = stack.journal
    .since(1)
    .flatMap((entry) => (entry.type === 'step' && entry.event === event ? [entry.step] : []));
  const causes: StepRecord['step'][] = [
    'saved',
    'sent',
    'accepted',
    'routed',
    'received',
    'committed',
    'stored',
  ];
  expect(order.filter((one) => causes.includes(one))).toEqual(causes);

  const lineOf = plainLines();
  expect(stack.journal.since(1).flatMap((entry) => lineOf(entry) ?? [])).toContainEqual(
    expect.stringMatching(
      /^\d\d:\d\d:\d\d\.\d{3} alice → bob position_shared berlin-calls delivered \d+ ms$/,
    ),
  );
});

test('what is shared while bob is cut off from the relay, or the relay is dead, arrives when that is over', async () => {
  await using folder = await temporaryFolder();
  await using stack = await startStack(aStack(folder.path, ['alice', 'bob']), { pool });
  await stack.cut({ from: 'bob', to: 'relay', both: true });
  const first = await share(stack, 'while-cut', ['bob']);
  await entryWhere(stack.journal, stepOf(first, 'settled', { stage: 'unavailable' }));
  const [healed] = await stack.heal('everyone');
  expect(healed?.touched).toBeGreaterThan(0);
  await entryWhere(stack.journal, stepOf(first, 'stored', { to: bob }));

  await stack.kill('relay');
  const second = await share(stack, 'without-relay', ['bob']);
  await stack.start('relay');
  await entryWhere(stack.journal, stepOf(second, 'stored', { to: bob }));

  await stack.kill('bob');
  const third = await share(stack, 'without-bob', ['bob']);
  await stack.start('bob');
  await entryWhere(stack.journal, stepOf(third, 'stored', { to: bob }));
  expect((await positions(stack, bob)).sort()).toEqual(['while-cut', 'without-bob', 'without-relay']);
  expect([...(await stack.census()).by.values()].every(Boolean)).toBe(true);
});

test('a stack from warm processes starts none, and the next one is empty', async () => {
  await using folder = await temporaryFolder();
  await using pool = createPool();
  const pids = new Set<number | undefined>();
  for (let round = 1; round <= 4; round += 1) {
    await using stack = await startStack(aStack(join(folder.path, `${round}`), ['alice', 'bob']), { pool });
    for (const { pid } of stack.instances()) pids.add(pid);
    expect(await positions(stack, alice)).toEqual([]);
    await share(stack, 'berlin-calls', ['bob']);
  }
  expect(pids.size).toBe(4);
});
