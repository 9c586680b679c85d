import { expect, test } from 'vitest';
import { friendsOf, startRelay, startUser } from './rig.ts';

test('when alice unfriends bob, his copies go at her place, and hers at his', async () => {
  const relay = await startRelay();
  const [alice, bob] = await friendsOf(relay, 'alice', 'bob');
  await alice.create('berlin');
  await bob.create('rome');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await alice.step('stored', await bob.share('rome', 'alice'));
  const page = await alice.page();

  const revoked = await alice.unfriend('bob');
  expect((await alice.positions()).map(({ id, shared_with }) => [id, shared_with])).toEqual([['berlin', []]]);
  expect(await alice.friends()).toEqual([]);
  await page.frames.next((frame) => frame.type === 'position_removed' && frame.position_id === 'rome');
  await bob.step('notified', revoked);
  expect((await bob.positions()).map(({ id }) => id)).toEqual(['rome']);

  // With the last revoke settled, bob is not even leaving any more.
  expect(await alice.settled(revoked, 'bob')).toBe('delivered');
  const declares = (leaving: string[]) =>
    relay.told.next(
      (one) =>
        one.type === 'friends' &&
        one.user === 'alice' &&
        one.friends.length === 0 &&
        one.leaving.join() === leaving.join(),
    );
  await declares(['bob']);
  await declares([]);
  const again = await alice.ask('DELETE', '/api/v1/friends/bob');
  expect(again).toMatchObject({ status: 404 });
});

test('a friend who is away gets the revokes later, and nothing else', async () => {
  const relay = await startRelay();
  const [alice, bob] = await friendsOf(relay, 'alice', 'bob');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await bob.stop();
  const comment = await alice.comment('berlin', 'are you there?');
  const revoked = await alice.unfriend('bob');
  const entries = async (event: string) => (await alice.outbox(event)).entries;
  expect((await entries(comment)).every(({ settled }) => settled)).toBe(true);
  expect(await entries(revoked)).toMatchObject([{ to: 'bob', settled: false }]);

  const back = await startUser('bob', { relay, friends: ['alice'], folder: bob.folder });
  expect(await alice.settled(revoked, 'bob')).toBe('delivered');
  expect(await back.positions()).toEqual([]);
  expect((await back.inbox()).records.map(({ event }) => event.type)).toEqual([
    'position_shared',
    'share_revoked',
  ]);
});

test('a share for a stranger waits, and arrives once both sides are friends', async () => {
  const relay = await startRelay();
  const [alice] = await friendsOf(relay, 'alice', 'bob');
  const carol = await startUser('carol', { relay });
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob', 'carol');
  expect(await alice.settled(shared, 'bob')).toBe('delivered');
  expect((await carol.inbox()).records).toEqual([]);

  await alice.ask('POST', '/api/v1/friends', { user_id: 'carol' });
  await carol.ask('POST', '/api/v1/friends', { user_id: 'alice' });
  expect(await alice.settled(shared, 'carol')).toBe('delivered');
});

test('nothing is shared with somebody whom one is parting from', async () => {
  const relay = await startRelay();
  const [alice, bob] = await friendsOf(relay, 'alice', 'bob');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await bob.stop();
  await alice.unfriend('bob');
  const path = '/api/v1/positions/ideas/berlin/share';
  expect(await alice.ask('POST', path, { friend_ids: ['bob'] })).toMatchObject({
    status: 409,
    body: { code: 'not_friends', detail: 'bob is no longer your friend.' },
  });
});

test('friends are shown with what the relay knows of them', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['bob', 'carol'] });
  const page = await alice.page();
  const bob = await startUser('bob', { relay, friends: ['alice'] });
  await page.frames.next((frame) => frame.type === 'presence' && frame.presence.status === 'online');
  expect(await alice.friends()).toMatchObject([
    { user_id: 'bob', display_name: 'Bob', status: 'online' },
    { user_id: 'carol', display_name: 'carol', status: 'offline' },
  ]);
  await bob.stop();
  await page.frames.next((frame) => frame.type === 'presence' && frame.presence.status === 'offline');
  expect((await alice.friends())[0]).toMatchObject({ user_id: 'bob', status: 'offline' });
});

test('a friendship that begins later lets events through at once', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['bob'] });
  const bob = await startUser('bob', { relay });
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await alice.step('settled', shared, { stage: 'unavailable' });
  expect(await bob.befriend('alice')).toMatchObject({ status: 201, body: { user_id: 'alice' } });
  await bob.step('stored', shared);
  expect(await bob.befriend('bob')).toMatchObject({ status: 409 });
});

test('friends of the configuration seed an empty database and no other', async () => {
  const relay = await startRelay();
  const first = await startUser('alice', { relay, friends: ['bob'] });
  await first.unfriend('bob');
  await first.befriend('carol');
  await first.stop();
  const second = await startUser('alice', { relay, friends: ['bob'], folder: first.folder });
  expect((await second.friends()).map(({ user_id }) => user_id)).toEqual(['carol']);
});

test('an id that alice owns cannot be filled by bob', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await bob.create('berlin');
  await alice.create('berlin');
  await bob.backend.emit({
    id: 'taken',
    type: 'position_shared',
    to_users: ['alice'],
    data: { position_id: 'berlin', share_url: `${bob.backend.url}/api/v1/positions/ideas/berlin` },
  });
  await alice.step('committed', 'taken');
  expect((await alice.inbox()).records).toMatchObject([{ outcome: 'refused', code: 'id_taken' }]);
  expect(await alice.positions()).toMatchObject([{ id: 'berlin', owner_id: 'alice' }]);
});
