import { expect, test } from 'vitest';
import { InboxTable } from '../../src/client/inbox-table.ts';
import { OutboxTable } from '../../src/client/outbox-table.ts';
import { type DeliveredEvent, deliveredEvent } from '../../src/protocol/events.ts';
import { epoch, eventId, type UserId } from '../../src/protocol/ids.ts';
import { alice, anEvent, bob, carol, openDatabase, temporaryDatabase } from './rig.ts';

const now = '2026-01-01T00:00:00.000Z';

function outbox(limits: Partial<ConstructorParameters<typeof OutboxTable>[1]> = {}) {
  const db = openDatabase(temporaryDatabase());
  return { db, table: new OutboxTable(db, { limit: 100, keptSettled: 3, pruneEvery: 1, ...limits }) };
}

test('settled rows stay for display up to a number, pending ones always', () => {
  const { table } = outbox();
  for (let n = 1; n <= 10; n += 1) table.insert(anEvent(), eventId.parse(`e${n}`), [bob], now);
  for (let n = 2; n <= 9; n += 1) {
    table.write({ n, id: eventId.parse(`e${n}`), stage: 'delivered', settled: true }, 1, now);
  }
  table.prune();
  expect(table.entries(undefined, 100).map(({ event_id }) => event_id)).toEqual([
    'e10',
    'e9',
    'e8',
    'e7',
    'e1',
  ]);
  expect(table.pending()).toEqual(new Map([[bob, 2]]));
});

test('what was merged for a recipient who is away takes no more room than what was delivered', () => {
  const { table } = outbox();
  table.insert(anEvent(), eventId.parse('e0'), [bob], now);
  for (let n = 1; n <= 10; n += 1) {
    const row = table.after(bob, 0, 1)[0];
    if (row) table.replace(row, eventId.parse(`e${n}`), anEvent(), now);
  }
  expect(table.entries(undefined, 100).map(({ event_id, settled }) => [event_id, settled])).toEqual([
    ['e9', true],
    ['e8', true],
    ['e7', true],
    ['e10', false],
  ]);
  expect(table.pending()).toEqual(new Map([[bob, 1]]));
});

test('a row moves no more once it is settled', () => {
  const { table } = outbox();
  const id = eventId.parse('e1');
  table.insert(anEvent(), id, [bob], now);
  table.write({ n: 1, id, stage: 'refused', code: 'no_access', settled: true }, 1, now);
  expect(table.write({ n: 1, id, stage: 'delivered', settled: true }, 2, now)).toBeUndefined();
  expect(table.entries(id, 1)).toMatchObject([{ stage: 'refused', code: 'no_access', attempts: 1 }]);
});

test('the count of pending rows follows a rollback', () => {
  const { db, table } = outbox();
  db.exec('BEGIN');
  table.insert(anEvent(), eventId.parse('e1'), [bob, carol], now);
  expect(table.pendingOf(carol)).toBe(1);
  db.exec('ROLLBACK');
  expect(table.pendingOf(carol)).toBe(0);
});

test('rows that wait for too long expire', () => {
  const { table } = outbox();
  table.insert(anEvent(), eventId.parse('old'), [bob], now);
  table.insert(anEvent(), eventId.parse('new'), [bob], '2026-02-01T00:00:00.000Z');
  const expired = table.expire('2026-01-31T00:00:00.000Z', now);
  expect(expired).toMatchObject([{ event_id: 'old', stage: 'expired', code: 'age', settled: true }]);
  expect(table.pendingOf(bob)).toBe(1);
});

const received = (id: string, from: UserId): DeliveredEvent =>
  deliveredEvent.parse({ ...anEvent(), to: undefined, to_users: [bob], id, from_user: from, sent_at: now });

test('the inbox knows where the newest event of a sender stood, past those without numbers', () => {
  const table = new InboxTable(openDatabase(temporaryDatabase()), {
    kept: 9,
    keptPerSender: 9,
    pruneEvery: 9,
  });
  const place = (seq: number) => ({ epoch: epoch.parse('E'), seq });
  const insert = (event: DeliveredEvent) => table.insert(event, { outcome: 'applied' });
  insert(received('bare', alice));
  expect(table.lastPlace(alice)).toBeUndefined();
  for (const seq of [1, 2]) insert({ ...received(`a${seq}`, alice), ...place(seq) });
  insert({ ...received('c7', carol), ...place(7) });
  insert(received('bare-too', alice));
  expect(table.lastPlace(alice)).toEqual(place(2));
});

test('the inbox forgets old events, but never the newest of a sender that was silent for long', () => {
  const db = openDatabase(temporaryDatabase());
  const table = new InboxTable(db, { kept: 5, keptPerSender: 2, pruneEvery: 1 });
  for (let n = 1; n <= 3; n += 1) table.insert(received(`c${n}`, carol), { outcome: 'applied' });
  for (let n = 1; n <= 9; n += 1) table.insert(received(`a${n}`, alice), { outcome: 'applied' });
  const { last, records } = table.read(0, 100);
  expect(last).toBe(12);
  expect(records.map(({ event }) => event.id)).toEqual(['c2', 'c3', 'a5', 'a6', 'a7', 'a8', 'a9']);
  expect(table.outcomeOf(carol, eventId.parse('c2'))).toEqual({ outcome: 'applied' });
});
