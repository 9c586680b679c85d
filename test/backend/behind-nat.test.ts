import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { chooseWay } from '../../src/backend/checks/choose-way.ts';
import { type FetchResult, fetchResult } from '../../src/protocol/collab-fetch.ts';
import { aliceBehindAGate } from './behind-a-gate.ts';
import { compared, Log, startGate, startRelay, startUser, tokenFor } from './rig.ts';

/** Alice, whose registered address leads nowhere but to a gate that hangs up, and bob. */
async function aliceBehindANat() {
  const relay = await startRelay();
  const gate = await startGate({ hangsUp: true });
  const alice = await startUser('alice', { relay, friends: ['bob'], config: { public_url: gate.url } });
  const bob = await startUser('bob', { relay, friends: ['alice'] });
  return { relay, gate, alice, bob };
}

const fetchesOf = (bob: Awaited<ReturnType<typeof startUser>>) =>
  bob.told.all.flatMap((one) =>
    one.type === 'step' && one.step === 'fetched' ? [[one.status ?? one.code, one.via]] : [],
  );

test('after two failures to connect the owner is asked through the relay, and then at once', async () => {
  const { alice, bob } = await aliceBehindANat();
  // The first that bob asks for is what alice shares with him.
  await compared(alice, bob);
  expect(bob.told.all).toContainEqual(
    expect.objectContaining({ type: 'resync', state: 'failed', code: 'ECONNRESET' }),
  );
  await alice.create('berlin', { notes: 'around' });
  await bob.step('stored', await alice.share('berlin', 'bob'));
  expect(await bob.positions()).toMatchObject([{ id: 'berlin', notes: 'around', read_only: true }]);
  expect(fetchesOf(bob)).toEqual([[200, 'relay']]);

  await alice.create('rome');
  await bob.step('stored', await alice.share('rome', 'bob'));
  expect(fetchesOf(bob).slice(1)).toEqual([[200, 'relay']]);
  await vi.waitFor(() => {
    expect(bob.backend.census().runnable).toMatchObject({ fetch_jobs: 0 });
    expect(alice.backend.census().runnable).toMatchObject({ answers: 0 });
  }, 10_000);
});

test('an answer over HTTP is the answer: the relay is not asked for another', async () => {
  const { gate, alice, bob } = await aliceBehindAGate();
  gate.answerWith(() => Response.json({}, { status: 404 }));
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  expect(await bob.step('fetched', shared)).toMatchObject({ status: 404, attempt: 1 });
  expect(await bob.positions()).toEqual([]);
});

test('what is not shared is the same 404 as over HTTP, and ends the fetch', async () => {
  const { gate, alice, bob } = await aliceBehindANat();
  await compared(alice, bob);
  await alice.create('berlin');
  await alice.backend.emit({
    id: 'no-grant',
    type: 'position_shared',
    to_users: ['bob'],
    data: { position_id: 'berlin', share_url: `${gate.url}/api/v1/positions/ideas/berlin` },
  });
  await bob.step('fetched', 'no-grant', { status: 404 });
  expect(fetchesOf(bob).at(-1)).toEqual([404, 'relay']);
  expect(await bob.notifications()).toMatchObject([{ kind: 'fetch_failed', code: 'http_404' }]);
});

test('a thread that is too long for one answer comes page by page', async () => {
  const { alice, bob } = await aliceBehindANat();
  await alice.create('berlin', { notes: '\u0001'.repeat(4000) });
  for (let n = 0; n < 30; n += 1) await alice.comment('berlin', `${n} ${'x'.repeat(3900)}`);
  await bob.step('stored', await alice.share('berlin', 'bob'));
  expect(fetchesOf(bob).at(-1)).toEqual([200, 'relay']);
  expect(await bob.comments('berlin')).toEqual(await alice.comments('berlin'));
});

test('only what a peer may GET is answered, and only to the peer whose token it is', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['mallory'] });
  await alice.create('berlin');
  const mallory = io(relay.url, {
    transports: ['websocket'],
    auth: { token: await tokenFor('mallory', { audience: 'collab-relay' }), friends: ['alice'] },
  });
  onTestFinished(() => void mallory.disconnect());
  const answers = new Log<FetchResult>();
  mallory.on('collab_fetch_result', (result: unknown) => answers.add(fetchResult.parse(result)));
  await new Promise((resolve) => mallory.once('ready', resolve));
  const ask = async (path: string, token: string) => {
    const id = randomUUID();
    mallory.emit('collab_fetch', { id, to: 'alice', path, token });
    return (await answers.next((one) => one.id === id)).status;
  };

  const owners = await alice.ownerToken();
  expect(await ask('/api/v1/positions/ideas', owners)).toBe(404);
  expect(await ask('/api/v1/outbox', owners)).toBe(404);
  expect(await ask('/api/v1/positions/ideas/berlin', owners)).toBe(401);
  expect(await ask('/api/v1/positions/ideas/berlin', 'no.real.token')).toBe(401);
});

test('the straight way is tried again after a while', () => {
  const facts = { failures: 2, triedAt: 1000, around: true };
  expect(chooseWay({ ...facts, failures: 1, now: 1001 })).toBe('direct');
  expect(chooseWay({ ...facts, now: 1001 })).toBe('relay');
  expect(chooseWay({ ...facts, now: 62_000 })).toBe('direct');
  expect(chooseWay({ ...facts, now: 1001, around: false })).toBe('direct');
});
