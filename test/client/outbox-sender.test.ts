import { expect, test } from 'vitest';
import { userId } from '../../src/protocol/ids.ts';
import { startPuppetRelay } from './puppet-relay.ts';
import { alice, anEvent, berlin, bob, carol, openDatabase, openUser, type User } from './rig.ts';

async function connect(options: Parameters<typeof openUser>[2] = {}) {
  const relay = await startPuppetRelay();
  const a = await openUser(relay.url, alice, options);
  const connection = await relay.connection();
  connection.greet();
  await a.client.ready;
  return { relay, a, connection };
}

const census = ({ client }: User) => client.census();

test('one event to two friends is one frame with the numbers of each', async () => {
  const { a, connection } = await connect();
  a.send(anEvent({ to: [bob] }));
  const id = a.send(anEvent({ to: [bob, carol, alice] }));
  await connection.next('collab_event');
  expect((await connection.next('collab_event')).payload).toEqual({
    id,
    type: 'position_updated',
    from_user: alice,
    to_users: [bob, carol],
    data: { position_id: 'berlin', updates: { notes: 'rolled' } },
    sent_at: expect.any(String),
    epoch: expect.any(String),
    seq: { bob: 2, carol: 1 },
    base: { bob: 1, carol: 1 },
  });
  expect(census(a).runnable).toMatchObject({ replies: 2, in_flight: 0, unsent: 0 });
});

test('a frame for two that is rejected goes again to each alone', async () => {
  const { a, connection } = await connect();
  const id = a.send(anEvent({ to: [bob, carol] }));
  (await connection.next('collab_event')).reply({ id, status: 'rejected', code: 'too_big' });
  const [one, other] = [await connection.next('collab_event'), await connection.next('collab_event')];
  expect([one.payload.to_users, other.payload.to_users]).toEqual([[bob], [carol]]);
  one.reply({ id, status: 'accepted' });
  other.reply({ id, status: 'rejected', code: 'too_big' });
  await a.until(() => a.stageOf(id, carol) === 'refused' && a.stageOf(id, bob) === 'accepted');
});

test('a reply that does not come makes the frame go again, alone', async () => {
  const { a, connection } = await connect({ timing: { replyTimeoutMs: 30 } });
  const id = a.send(anEvent({ to: [bob, carol] }));
  await connection.next('collab_event');
  const again = [await connection.next('collab_event'), await connection.next('collab_event')];
  expect(new Set(again.map(({ payload }) => payload.to_users))).toEqual(new Set([[bob], [carol]]));
  for (const { payload } of again) expect(payload.id).toBe(id);
});

test('a limit of the connection holds everything until its time', async () => {
  const { a, connection } = await connect();
  const id = a.send();
  const first = await connection.next('collab_event');
  const started = performance.now();
  first.reply({ id, status: 'limited', scope: 'connection', retry_after_ms: 2000 });
  await a.until(() => a.stageOf(id) === 'limited');
  const other = a.send(anEvent({ to: [carol] }));
  expect(census(a)).toMatchObject({ runnable: { unsent: 0, limited: 2 }, parked: { absent: 0 } });
  const later = [await connection.next('collab_event'), await connection.next('collab_event')];
  expect(performance.now() - started).toBeGreaterThan(1990);
  // Order is kept for each recipient, not between two.
  expect(later.map(({ payload }) => payload.id).sort()).toEqual([id, other].sort());
});

test('at most a window leaves for one recipient, and the rest follows the receipts', async () => {
  const { a, connection } = await connect({ timing: { replyTimeoutMs: 60_000 } });
  const ids = Array.from({ length: 40 }, () => a.send());
  for (let n = 0; n < 32; n += 1) {
    const frame = await connection.next('collab_event');
    expect(frame.payload.id).toBe(ids[n]);
    frame.reply({ id: ids[n], status: 'accepted' });
  }
  await a.until(() => ids.every((id, n) => n > 31 || a.stageOf(id) === 'accepted'));
  expect(census(a).runnable).toMatchObject({ in_flight: 32, unsent: 8 });
  connection.socket.emit('collab_receipt', [
    { id: ids[4], to: bob, stage: 'delivered', epoch: connection.frames[0]?.payload.epoch, upto: 5 },
  ]);
  for (let n = 32; n < 37; n += 1) {
    expect((await connection.next('collab_event')).payload).toMatchObject({
      id: ids[n],
      seq: { bob: n + 1 },
      base: { bob: 6 },
    });
  }
});

test('a relay that does not answer gets a bounded number of frames', async () => {
  const { a, connection } = await connect({ timing: { replyTimeoutMs: 60_000 } });
  for (let friend = 0; friend < 10; friend += 1) {
    for (let n = 0; n < 32; n += 1) a.send(anEvent({ to: [userId.parse(`friend${friend}`)] }));
  }
  const taken = [];
  for (let n = 0; n < 256; n += 1) taken.push(await connection.next('collab_event'));
  expect(census(a).runnable).toMatchObject({ replies: 256, unsent: 64 });
  taken[0]?.reply({ id: taken[0].payload.id, status: 'accepted' });
  await connection.next('collab_event');
  expect(census(a).runnable).toMatchObject({ replies: 256, unsent: 63 });
});

test('every frame without an answer goes again on the next connection, in one order', async () => {
  const { relay, a, connection } = await connect();
  const ids = [a.send(), a.send(), a.send()];
  (await connection.next('collab_event')).reply({ id: ids[0], status: 'accepted' });
  connection.socket.conn.close();
  const second = await relay.connection();
  second.greet();
  for (const id of ids) expect((await second.next('collab_event')).payload.id).toBe(id);
});

test('an update is not merged into one whose receipt is not written down yet', async () => {
  const { a, connection } = await connect();
  const update = (version: number) =>
    anEvent({ data: { position_id: berlin, updates: { notes: `${version}` }, version } });
  const first = a.send(update(2));
  await connection.next('collab_event');
  const other = openDatabase(a.file);
  other.exec('BEGIN IMMEDIATE');
  connection.socket.emit('collab_receipt', [{ id: first, to: bob, stage: 'delivered' }]);
  // The disk is busy, and the table goes on saying that nothing has left.
  await a.until(() => a.told.some((one) => one.type === 'note' && one.code === 'outbox_not_written'));
  other.close();
  const second = a.send(update(3));
  expect((await connection.next('collab_event')).payload).toMatchObject({ id: second, data: { version: 3 } });
  await a.until(() => a.stageOf(first) === 'delivered');
  expect(a.stageOf(second)).not.toBe('delivered');
});
