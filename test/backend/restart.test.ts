import { expect, test } from 'vitest';
import { aliceBehindAGate } from './behind-a-gate.ts';
import { startRelay, startUser } from './rig.ts';

test('bob stops in the middle of a fetch and goes on with it when he is back', async () => {
  const { relay, gate, alice, bob } = await aliceBehindAGate();
  gate.shut();
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await gate.requests.next((path) => path.endsWith('/berlin'));
  await bob.stop();
  gate.open();

  const back = await startUser('bob', { relay, friends: ['alice'], folder: bob.folder });
  await back.step('stored', shared);
  expect(await back.positions()).toMatchObject([{ id: 'berlin', read_only: true }]);
  expect((await back.inbox()).records).toHaveLength(1);
});

test('alice writes while the relay is away; it goes out when it is back', async () => {
  const relay = await startRelay();
  const { port } = relay;
  await relay[Symbol.asyncDispose]();
  const alice = await startUser('alice', { relay, friends: ['bob'], connected: false });
  expect(await alice.ask('GET', '/readyz', undefined, {})).toMatchObject({
    status: 503,
    body: { status: 'not-ready', user_id: 'alice', waiting_for: ['relay'] },
  });
  expect((await alice.ask('GET', '/healthz', undefined, {})).status).toBe(200);
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  expect((await alice.outbox(shared)).entries).toMatchObject([{ to: 'bob', stage: 'pending', attempts: 0 }]);
  await alice.stop();

  await startRelay(port);
  // At the same address: a share_url that is on its way must still be right.
  const config = { port: alice.backend.port };
  const back = await startUser('alice', { relay, friends: ['bob'], folder: alice.folder, config });
  const bob = await startUser('bob', { relay, friends: ['alice'] });
  await bob.step('stored', shared);
  expect(await back.settled(shared, 'bob')).toBe('delivered');
  expect(await back.ask('GET', '/readyz', undefined, {})).toMatchObject({
    status: 200,
    body: { status: 'ready' },
  });
});

test('a fetch waits until the relay says where its friend is', async () => {
  const { relay, gate, alice, bob } = await aliceBehindAGate();
  gate.shut();
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await gate.requests.next((path) => path.endsWith('/berlin'));
  await bob.stop();
  await alice.stop();

  const lonely = await startUser('bob', { relay, friends: ['alice'], folder: bob.folder });
  expect(lonely.backend.census()).toMatchObject({ runnable: { fetch_jobs: 0 }, parked: { fetch_jobs: 1 } });
  gate.open();
  const back = await startUser('alice', {
    relay,
    friends: ['bob'],
    folder: alice.folder,
    config: { public_url: gate.url },
  });
  gate.leadTo(back.backend);
  await lonely.step('stored', shared);
});

test('two backends live in one process, and one that is closed leaves its port', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay });
  await startUser('bob', { relay });
  const { port } = alice.backend;
  await alice.stop();
  const again = await startUser('alice', { relay, folder: alice.folder, config: { port } });
  expect(again.backend.port).toBe(port);
  await expect(startUser('carol', { relay, config: { port } })).rejects.toMatchObject({ code: 'port-taken' });
});
