import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeUpdates, updateBytes } from '../../src/client/merge-updates.ts';
import { inTransaction } from '../../src/client/transaction.ts';
import type { UpdatedData } from '../../src/protocol/events.ts';
import { startRelay } from './relay-rig.ts';
import { alice, anEvent, berlin, bob, carol, openUser } from './rig.ts';

const update = (version: number, updates: UpdatedData['updates'], from_version?: number): UpdatedData => ({
  position_id: berlin,
  updates,
  version,
  ...(from_version !== undefined && { from_version }),
});

test('two updates in a row are one that covers both', () => {
  const both = mergeUpdates(update(2, { notes: 'a', quantity: 1 }), update(3, { notes: 'b', tags: ['x'] }));
  expect(both).toEqual(update(3, { notes: 'b', quantity: 1, tags: ['x'] }, 1));
  expect(mergeUpdates(update(3, { notes: 'b' }, 1), update(4, { notes: 'c' }))).toEqual(
    update(4, { notes: 'c' }, 1),
  );
});

test('updates with something in between, or without versions, stay two', () => {
  expect(mergeUpdates(update(2, {}), update(4, {}))).toBeUndefined();
  expect(mergeUpdates({ position_id: berlin, updates: {} }, update(4, {}))).toBeUndefined();
});

test('what has to be fetched, or grows too big, is fetched', () => {
  const fetched = update(3, {}, 3);
  expect(mergeUpdates(update(2, { notes: 'a' }), fetched)).toEqual(fetched);
  expect(mergeUpdates(fetched, update(4, { notes: 'a' }))).toEqual(update(4, {}, 4));
  const half = 'x'.repeat(updateBytes / 2);
  expect(mergeUpdates(update(2, { notes: half }), update(3, { strategy: half }))).toEqual(update(3, {}, 3));
});

test('applying the merged one is applying each', () => {
  const change = fc.record(
    { notes: fc.string(), quantity: fc.nat(), tags: fc.array(fc.string()) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 2, maxLength: 6 }), (changes) => {
      const updates = changes.map((one, index) => update(index + 2, one));
      const merged = updates.reduce((one, next) => mergeUpdates(one, next) ?? next);
      expect(merged).toEqual(update(changes.length + 1, Object.assign({}, ...changes), 1));
    }),
  );
});

const versioned = (version: number, notes: string) =>
  anEvent({ data: { position_id: berlin, version, updates: { notes } } });
const comment = () =>
  anEvent({
    type: 'comment_added',
    data: {
      position_id: berlin,
      comment: {
        id: 'c',
        text: 'hello',
        user: { id: alice, display_name: 'Alice' },
        created_at: '2026-01-01T00:00:00.000Z',
      },
    },
  });

test('what bob was not sent becomes one update, and what he may have seen stays as it is', async () => {
  const relay = await startRelay();
  const a = await openUser(relay.url, alice);
  await a.client.ready;
  // Each goes out once to somebody who is away, so the first has been on the wire; the others have not.
  const sent = a.send(versioned(2, 'two'));
  await a.until(() => a.stageOf(sent) === 'unavailable');
  await relay.close();
  await a.until(() => !a.client.connected);
  const three = a.send(versioned(3, 'three'));
  const said = a.send(comment());
  const four = a.send(versioned(4, 'four'));
  const toBoth = a.send({ ...versioned(5, 'five'), to: [bob, carol] });

  expect(a.client.outbox({ limit: 100 }).pending).toBe(4);
  for (const gone of [three, four]) {
    expect(a.client.outbox({ eventId: gone, limit: 9 }).entries).toMatchObject([
      { stage: 'expired', code: 'merged', settled: true, attempts: 0 },
    ]);
  }
  expect(a.told).toContainEqual(
    expect.objectContaining({ step: 'withdrawn', why: 'merged', event: three, into: four, to: bob }),
  );
  expect(a.told).toContainEqual(expect.objectContaining({ step: 'withdrawn', event: four, into: toBoth }));
  // A rolled back act changes nothing, and tells of nothing.
  expect(() =>
    inTransaction(a.db, () => {
      a.client.enqueue(versioned(6, 'six'));
      throw new Error('rolled back');
    }),
  ).toThrow('rolled back');

  await relay.replace();
  const b = await openUser(relay.url, bob);
  const c = await openUser(relay.url, carol);
  await b.until(() => b.committed.length === 3);
  await c.until(() => c.committed.length === 1);
  expect(b.committed.map(({ event }) => [event.id, event.data])).toEqual([
    [sent, { position_id: berlin, version: 2, updates: { notes: 'two' } }],
    [toBoth, { position_id: berlin, version: 5, from_version: 2, updates: { notes: 'five' } }],
    [said, expect.objectContaining({ position_id: berlin })],
  ]);
  expect(c.committed[0]?.event.data).toEqual({ position_id: berlin, version: 5, updates: { notes: 'five' } });
  await a.until(() => a.client.outbox({ limit: 1 }).pending === 0);
});
