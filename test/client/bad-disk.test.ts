import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { startRelay } from './relay-rig.ts';
import { alice, anEvent, berlin, bob, openUser, type User } from './rig.ts';

async function twoUsers() {
  const relay = await startRelay();
  const [a, b] = [await openUser(relay.url, alice), await openUser(relay.url, bob)];
  await Promise.all([a.client.ready, b.client.ready]);
  return { a, b };
}

const busy = ({ told }: User, event: string) =>
  told.some(
    (one) =>
      one.type === 'step' &&
      one.step === 'settled' &&
      one.event === event &&
      one.stage === 'nacked' &&
      one.code === 'busy',
  );

test("while another process holds bob's database, he asks for the event again", async () => {
  const { a, b } = await twoUsers();
  using other = new DatabaseSync(b.file);
  other.exec('BEGIN IMMEDIATE');
  const id = a.send();
  await a.until(() => busy(a, id));
  expect(b.applied()).toEqual([]);
  other.exec('ROLLBACK');
  await a.until(() => a.stageOf(id) === 'delivered');
  expect(b.applied()).toEqual([id]);
});

test("while bob's disk is full, he asks for the event again, and what comes after it waits", async () => {
  const { a, b } = await twoUsers();
  // A limit below what is there counts as what is there.
  b.db.exec('PRAGMA max_page_count = 1');
  const big = anEvent({ data: { position_id: berlin, updates: { notes: 'x'.repeat(9000) } } });
  const [first, second] = [a.send(big), a.send()];
  await a.until(() => busy(a, first));
  expect(b.applied()).toEqual([]);
  b.db.exec('PRAGMA max_page_count = 1000000');
  await a.until(() => a.stageOf(second) === 'delivered');
  expect(b.applied()).toEqual([first, second]);
});

test('what has waited for too long expires in front of the user', async () => {
  const relay = await startRelay();
  const a = await openUser(relay.url, alice, { outboxAgeMs: 200 });
  const id = a.send();
  await a.until(() => a.stageOf(id) === 'expired');
  expect(a.settled).toMatchObject([{ event_id: id, to: bob, stage: 'expired', code: 'age', settled: true }]);
  expect(a.told).toContainEqual(expect.objectContaining({ step: 'withdrawn', event: id, why: 'expired' }));
  expect(a.client.outbox({ limit: 1 }).pending).toBe(0);
});
