import { rm } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { loadOrMakePeerKey } from '../../src/client/peer-key.ts';
import { makePeerToken } from '../../src/client/peer-token.ts';
import { userId } from '../../src/protocol/ids.ts';
import { directNet } from './direct-rig.ts';
import { aFolder, type User } from './rig.ts';

const soon = { timeout: 20_000, interval: 20 };

/** Alice and bob are friends, carol calls alice one and is none of hers. */
async function threeUsers() {
  const net = await directNet({ alice: ['bob'], bob: ['alice'], carol: ['alice'] });
  const [alice, bob, carol] = await Promise.all([net.alice.start(), net.bob.start(), net.carol.start()]);
  return { net, alice, bob, carol };
}

const statusOf = async (user: User, friend: string) =>
  (await user.friends()).find(({ user_id }) => user_id === friend)?.status;

/** Resolves when each says that the other is there. */
const inTouch = (one: User, other: User) =>
  vi.waitFor(async () => {
    expect([await statusOf(one, other.name), await statusOf(other, one.name)]).toEqual(['online', 'online']);
  }, soon);

test('a share arrives, a comment comes back, and both owners have the receipts', async () => {
  const { alice, bob } = await threeUsers();
  await inTouch(alice, bob);
  await alice.create('berlin', { notes: 'direct' });
  const shared = await alice.share('berlin', 'bob');
  expect(await alice.settled(shared, 'bob')).toBe('delivered');
  await bob.step('stored', shared);
  expect(await bob.positions()).toMatchObject([{ id: 'berlin', notes: 'direct', read_only: true }]);
  const commented = await bob.comment('berlin', 'No relay?');
  expect(await bob.settled(commented, 'alice')).toBe('delivered');
  expect(await alice.comments('berlin')).toEqual(['bob: No relay?']);
});

test('the ten steps are there, with those of the relay done by the sender', async () => {
  const { alice, bob } = await threeUsers();
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await bob.step('stored', shared);
  expect(await alice.step('looked_up', shared)).toMatchObject({ to: 'bob', by: 'peer' });
  expect(await alice.step('routed', shared)).toMatchObject({ to: 'bob', by: 'peer' });
});

test('order is kept and nothing is doubled, however many come at once', async () => {
  const { alice, bob } = await threeUsers();
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await bob.step('stored', shared);
  let last = '';
  for (let n = 0; n < 70; n += 1) last = await alice.comment('berlin', `${n}`);
  expect(await alice.settled(last, 'bob')).toBe('delivered');
  expect(await bob.comments('berlin')).toEqual(Array.from({ length: 70 }, (_, n) => `alice: ${n}`));
  expect((await bob.inbox()).records).toHaveLength(71);
});

test('what is sent to an absent friend arrives once when they are back, and presence follows', async () => {
  const { net, alice, bob } = await threeUsers();
  await inTouch(alice, bob);
  await alice.create('berlin');
  net.bob.hang();
  await bob.stop();
  await vi.waitFor(async () => expect(await statusOf(alice, 'bob')).toBe('offline'), soon);
  const shared = await alice.share('berlin', 'bob');
  await alice.step('settled', shared, { stage: 'unavailable' });
  expect(alice.backend.census()).toMatchObject({
    away: [{ from: 'alice', to: 'bob' }],
    parked: { absent: 1 },
  });

  const again = await net.bob.start();
  await again.step('stored', shared);
  expect(await alice.settled(shared, 'bob')).toBe('delivered');
  expect((await again.inbox()).records).toHaveLength(1);
  await inTouch(alice, again);
  expect(alice.backend.census()).not.toHaveProperty('away');
});

test('who comes back and calls first is noticed to be gone all the same', async () => {
  // So that alice does not look again by herself before bob has called.
  const timing = { reconnect_min_ms: 4000, reconnect_max_ms: 4000 };
  const net = await directNet({ alice: ['bob'], bob: ['alice'] }, { timing });
  const [alice, bob] = [await net.alice.start(), await net.bob.start()];
  await inTouch(alice, bob);
  const isGone = () => vi.waitFor(async () => expect(await statusOf(alice, 'bob')).toBe('offline'), soon);
  net.bob.hang();
  await bob.stop();
  await isGone();

  const back = await net.bob.start();
  await vi.waitFor(async () => expect(await statusOf(alice, 'bob')).toBe('online'), soon);
  net.bob.hang();
  await back.stop();
  await isGone();
});

test('a stranger is told the same as everybody who is no friend, and the friend of one side is none', async () => {
  const { alice, carol } = await threeUsers();
  await carol.create('rome');
  const shared = await carol.share('rome', 'alice');
  await carol.step('looked_up', shared, { verdict: 'not_friends' });
  // Alice was only asked whether she is a friend: nothing of the event has left carol's backend.
  expect(carol.told.all.filter((one) => one.type === 'step' && one.step === 'routed')).toEqual([]);
  expect((await alice.inbox()).records).toEqual([]);
  expect(await statusOf(carol, 'alice')).toBe('offline');

  await alice.befriend('carol');
  await alice.step('stored', shared);
  await inTouch(alice, carol);
});

test('nobody posts without a token of theirs, for others, or to others', async () => {
  const { net, alice, bob } = await threeUsers();
  await inTouch(alice, bob);
  const key = loadOrMakePeerKey(bob.folder);
  const token = await makePeerToken(userId.parse('bob'), userId.parse('alice'), key, Date.now());
  const post = async (events: readonly unknown[], bearer: string) => {
    const { status } = await alice.ask(
      'POST',
      '/api/collab/events',
      { events },
      { authorization: `Bearer ${bearer}` },
    );
    return status;
  };
  const event = {
    id: 'e1',
    type: 'share_revoked',
    from_user: 'bob',
    to_users: ['alice'],
    data: { position_id: 'berlin' },
    sent_at: new Date().toISOString(),
  };
  expect(await post([{ ...event, from_user: 'carol' }], token)).toBe(403);
  expect(await post([{ ...event, to_users: ['carol'] }], token)).toBe(400);
  expect(await post(['nothing of the kind'], token)).toBe(400);
  expect(await post([event], await alice.ownerToken())).toBe(403);
  const forged = loadOrMakePeerKey(await aFolder());
  expect(
    await post([event], await makePeerToken(userId.parse('bob'), userId.parse('alice'), forged, Date.now())),
  ).toBe(401);
  expect((await alice.inbox()).records).toEqual([]);
  expect(await post([event], token)).toBe(200);
  expect((await alice.inbox()).records).toMatchObject([{ event: { id: 'e1' } }]);
  expect(net.alice.url).not.toBe(alice.backend.url);
});

test('a friend with a new key is believed by the address that is known of them, and it is shown', async () => {
  const { net, alice, bob } = await threeUsers();
  await inTouch(alice, bob);
  await alice.create('berlin');
  const first = await alice.share('berlin', 'bob');
  await bob.step('stored', first);
  await bob.stop();
  await rm(`${bob.folder}/peer-key.json`);
  const again = await net.bob.start();
  const commented = await again.comment('berlin', 'It is still me.');
  expect(await again.settled(commented, 'alice')).toBe('delivered');
  expect((await alice.notifications()).map(({ kind }) => kind)).toContain('key_changed');
});

test('a recipient that does not acknowledge is handed events at most once, and that is final', async () => {
  const net = await directNet({ alice: ['bob'], bob: ['alice'] }, { acks: false });
  const [alice, bob] = await Promise.all([net.alice.start(), net.bob.start()]);
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await bob.step('stored', shared);
  await vi.waitFor(async () => {
    expect((await alice.outbox(shared)).entries).toMatchObject([{ stage: 'routed', settled: true }]);
  }, soon);
});

test('whose address is not dialled is named, and not taken for absent in silence', async () => {
  const net = await directNet({ alice: ['bob'], bob: ['alice'] }, { allow_private: false });
  const alice = await net.alice.start();
  const note = await alice.told.next((told) => told.type === 'note' && told.code === 'bad_address');
  expect(note).toMatchObject({ level: 'warn', text: expect.stringMatching(/^bob's .*COLLAB_ALLOW_PRIVATE/) });
});
