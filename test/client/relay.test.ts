import { expect, test } from 'vitest';
import { startRelay } from './relay-rig.ts';
import { alice, anEvent, bob, carol, openUser } from './rig.ts';

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
  expect(a.client.outbox({ limit: 1 }).pending).toBe(51);

  const b = await openUser(relay.url, bob);
  await b.until(() => b.committed.length === 51);
  expect(b.applied()).toEqual([first, ...rest]);
  await a.until(() => a.client.outbox({ limit: 1 }).pending === 0);
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
  await a.until(() => a.client.outbox({ limit: 1 }).pending === 0);
});
