import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OutboxFull } from '../../src/client/index.ts';
import { cause, positionId } from '../../src/protocol/ids.ts';
import { startRelay } from './relay-rig.ts';
import { alice, anEvent, berlin, bob, carol, openUser, temporaryDatabase, type User } from './rig.ts';

const pendingOf = ({ client }: User) => client.outbox({ limit: 1 }).pending;

const steps = ({ told }: User, id: string) =>
  told.flatMap((one) => (one.type === 'step' && one.event === id ? [one] : []));

test('an event reaches bob once, and alice is told that he holds it', async () => {
  const relay = await startRelay();
  const b = await openUser(relay.url, bob);
  const a = await openUser(relay.url, alice);
  await Promise.all([a.client.ready, b.client.ready]);

  const id = a.send();
  await a.until(() => a.stageOf(id) === 'delivered');

  expect(b.applied()).toEqual([id]);
  expect(b.client.inbox({ after: 0, limit: 10 })).toEqual({
    last: 1,
    records: [expect.objectContaining({ n: 1, outcome: 'applied', event: expect.objectContaining({ id }) })],
  });
  expect(a.settled.map(({ stage }) => stage)).toEqual(['delivered']);
  expect(a.client.outbox({ limit: 10 })).toEqual({
    pending: 0,
    entries: [
      expect.objectContaining({ event_id: id, to: bob, stage: 'delivered', attempts: 1, settled: true }),
    ],
  });
});

test('what is sent to an absent friend arrives when he comes, in its order', async () => {
  const relay = await startRelay();
  const a = await openUser(relay.url, alice);
  await a.client.ready;
  const first = a.send();
  await a.until(() => a.stageOf(first) === 'unavailable');
  const rest = Array.from({ length: 50 }, () => a.send());
  expect(pendingOf(a)).toBe(51);

  const b = await openUser(relay.url, bob);
  await b.until(() => b.committed.length === 51);
  expect(b.applied()).toEqual([first, ...rest]);
  await a.until(() => pendingOf(a) === 0);
});

test('an event to several friends is one frame, and an absent one delays nobody', async () => {
  const relay = await startRelay();
  const b = await openUser(relay.url, bob);
  const a = await openUser(relay.url, alice);
  await Promise.all([a.client.ready, b.client.ready]);
  const ids = Array.from({ length: 40 }, () => a.send(anEvent({ to: [carol, bob] })));
  await b.until(() => b.committed.length === 40);
  expect(b.applied()).toEqual(ids);
  await a.until(() => a.stageOf(ids[0] ?? a.send(), carol) === 'unavailable');
  const sent = a.told.flatMap((one) => (one.type === 'step' && one.step === 'sent' ? [one] : []));
  expect(sent[0]).toMatchObject({ event: ids[0], recipients: [carol, bob], attempt: 1 });
});

test('a relay that is replaced by an empty one loses nothing and doubles nothing', async () => {
  const relay = await startRelay();
  const b = await openUser(relay.url, bob);
  const a = await openUser(relay.url, alice);
  await Promise.all([a.client.ready, b.client.ready]);
  const ids = Array.from({ length: 100 }, () => a.send());
  await b.until(() => b.committed.length > 5);
  await relay.replace();
  ids.push(...Array.from({ length: 20 }, () => a.send()));
  await b.until(() => b.committed.length === 120);
  expect(b.applied()).toEqual(ids);
  await a.until(() => pendingOf(a) === 0);
});

test('bob is killed between his commit and his acknowledgement, and applies nothing twice', async () => {
  const relay = await startRelay();
  const file = temporaryDatabase();
  const child = fork(join(import.meta.dirname, 'bob-process.ts'), [JSON.stringify({ url: relay.url, file })]);
  onTestFinished(() => void child.kill('SIGKILL'));
  // Several may come at once: whoever waited for one after another would miss the second.
  const committed: unknown[] = [];
  const all = new Promise<void>((resolve) => {
    child.on('message', (id) => {
      if (committed.push(id) === 3) resolve();
    });
  });
  const a = await openUser(relay.url, alice);
  await a.client.ready;
  const ids = [a.send(), a.send(), a.send()];
  await all;
  expect(committed).toEqual(ids);
  expect(pendingOf(a)).toBe(3);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await a.until(() => a.presences.some(({ status }) => status === 'offline'));
  expect(a.client.census()).toMatchObject({ runnable: { in_flight: 0 }, parked: { absent: 3 } });

  const b = await openUser(relay.url, bob, { file });
  await a.until(() => pendingOf(a) === 0);
  expect(ids.map((id) => a.stageOf(id))).toEqual(['delivered', 'delivered', 'delivered']);
  expect(b.applied()).toEqual(ids);
  expect(b.committed).toEqual([]);
  const received = steps(b, ids[0] ?? '').filter(({ step }) => step === 'received');
  expect(received).toEqual([expect.objectContaining({ duplicate: true, to: bob })]);
});

test('alice dies with a full window in the air; her next life sends it again', async () => {
  const relay = await startRelay();
  const b = await openUser(relay.url, bob);
  const file = temporaryDatabase();
  const first = await openUser(relay.url, alice, { file });
  await Promise.all([first.client.ready, b.client.ready]);
  const ids = Array.from({ length: 60 }, () => first.send());
  // Nothing of what follows from these is heard by the first life: its turn never comes again before the second.
  const second = await openUser(relay.url, alice, { file });
  await second.until(() => pendingOf(second) === 0);
  expect(b.applied()).toEqual(ids);
  await first.until(() => first.told.some((one) => one.type === 'note' && one.code === 'collab-replaced'));
});

test('a full outbox refuses the act, and nothing of it is kept', async () => {
  const relay = await startRelay();
  const a = await openUser(relay.url, alice, { outboxLimit: 3 });
  for (let n = 0; n < 3; n += 1) a.send();
  expect(() => a.send(anEvent({ to: [carol, bob] }))).toThrow(OutboxFull);
  expect(pendingOf(a)).toBe(3);
  a.send(anEvent({ to: [carol] }));
  const b = await openUser(relay.url, bob);
  await b.until(() => b.committed.length === 3);
  await a.until(() => pendingOf(a) === 1);
  a.send();
});

test('what cannot be applied is quarantined, what is refused is told, and the stream goes on', async () => {
  const relay = await startRelay();
  let turns = 0;
  const b = await openUser(relay.url, bob, {
    apply: () => {
      turns += 1;
      if (turns === 1) throw new Error('boom');
      if (turns === 2) return { outcome: 'refused', code: 'no_access' };
      if (turns === 3) return { outcome: 'later', retryAfterMs: 10 };
      return { outcome: 'applied' };
    },
  });
  const a = await openUser(relay.url, alice);
  await Promise.all([a.client.ready, b.client.ready]);
  const ids = [a.send(), a.send(), a.send(), a.send()];
  await a.until(() => pendingOf(a) === 0);
  expect(ids.map((eventId) => a.client.outbox({ eventId, limit: 1 }).entries[0])).toMatchObject([
    { stage: 'quarantined', code: 'handler_error' },
    { stage: 'refused', code: 'no_access' },
    { stage: 'delivered' },
    { stage: 'delivered' },
  ]);
  expect(b.committed.map(({ outcome }) => outcome)).toEqual(['quarantined', 'refused', 'applied', 'applied']);
  expect(b.applied()).toEqual(ids.slice(2));
  expect(steps(a, ids[2] ?? '')).toContainEqual(
    expect.objectContaining({ step: 'settled', stage: 'nacked', code: 'busy' }),
  );
});

test('a failed apply leaves nothing behind', async () => {
  const relay = await startRelay();
  const b = await openUser(relay.url, bob, {
    apply: () => {
      b.db.prepare("INSERT INTO applied (id) VALUES ('half')").run();
      throw new Error('boom');
    },
  });
  const a = await openUser(relay.url, alice);
  await Promise.all([a.client.ready, b.client.ready]);
  a.send();
  await b.until(() => b.committed.length === 1);
  expect(b.applied()).toEqual([]);
});

test('for a friend who does not acknowledge, routed is the end', async () => {
  const relay = await startRelay();
  const b = await openUser(relay.url, bob, { acks: false });
  const a = await openUser(relay.url, alice);
  await Promise.all([a.client.ready, b.client.ready]);
  const id = a.send();
  await a.until(() => pendingOf(a) === 0);
  expect(a.client.outbox({ eventId: id, limit: 1 }).entries).toMatchObject([
    { stage: 'routed', settled: true },
  ]);
  await b.until(() => b.committed.length === 1);
});

test('what was taken back is not sent, but for the revoke that ends it', async () => {
  const relay = await startRelay();
  const a = await openUser(relay.url, alice);
  await a.client.ready;
  const hamburg = positionId.parse('hamburg');
  const sent = a.send();
  await a.until(() => a.stageOf(sent) === 'unavailable');
  const ids = Array.from({ length: 40 }, () => a.send());
  const revoke = a.send(anEvent({ type: 'share_revoked', data: { position_id: berlin } }));
  const other = a.send(anEvent({ data: { position_id: hamburg, updates: {} } }));

  a.db.exec('BEGIN');
  expect(a.client.purge({ to: bob, position: berlin })).toBe(41);
  a.db.exec('ROLLBACK');
  a.client.committed();
  expect(pendingOf(a)).toBe(43);
  const withdrawn = () => a.told.filter((one) => one.type === 'step' && one.step === 'withdrawn');
  expect(withdrawn()).toEqual([]);

  a.db.exec('BEGIN');
  a.client.purge({ to: bob, position: berlin });
  a.db.exec('COMMIT');
  a.client.committed();
  expect(pendingOf(a)).toBe(2);
  // The last ones never left; the first may have been seen, as far as alice knows.
  expect(a.stageOf(ids.at(-1) ?? sent)).toBeUndefined();
  expect(a.client.outbox({ eventId: sent, limit: 1 }).entries).toMatchObject([
    { stage: 'expired', code: 'purged' },
  ]);
  expect(withdrawn().map((one) => 'event' in one && one.event)).toEqual([sent, ...ids]);
  expect(withdrawn()[0]).toMatchObject({ from: alice, to: bob, why: 'purged' });

  const b = await openUser(relay.url, bob);
  await b.until(() => b.committed.length === 2);
  expect(b.applied()).toEqual([revoke, other]);
  await a.until(() => pendingOf(a) === 0);
});

test('an act that is rolled back sends nothing', async () => {
  const relay = await startRelay();
  const b = await openUser(relay.url, bob);
  const a = await openUser(relay.url, alice);
  await Promise.all([a.client.ready, b.client.ready]);
  a.db.exec('BEGIN');
  a.client.enqueue(anEvent());
  a.client.committed();
  a.db.exec('ROLLBACK');
  const id = a.send();
  await a.until(() => pendingOf(a) === 0);
  expect(b.applied()).toEqual([id]);
});

test('each step of an event is told with the cause of its act', async () => {
  const relay = await startRelay();
  const b = await openUser(relay.url, bob);
  const a = await openUser(relay.url, alice);
  await Promise.all([a.client.ready, b.client.ready]);
  const id = a.send(anEvent({ cause: cause.parse('act-1') }));
  await a.until(() => a.stageOf(id) === 'delivered');
  const names = (user: User) =>
    steps(user, id).map(({ step, ...rest }) => (step === 'settled' && 'stage' in rest ? rest.stage : step));
  expect(names(a)).toEqual(['sent', 'routed', 'delivered']);
  expect(names(b)).toEqual(['received', 'committed', 'acknowledged']);
  expect([...steps(a, id), ...steps(b, id)].map((step) => step.cause)).toEqual(Array(6).fill('act-1'));
  expect(a.told.flatMap((one) => (one.type === 'outbox' ? [one.pending] : []))).toEqual([1, 0]);
});
