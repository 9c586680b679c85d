import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/backend/store/database.ts';
import { storeIn } from '../../src/backend/store/store.ts';
import { freshEpoch } from '../../src/client/epochs.ts';
import { inTransaction } from '../../src/client/transaction.ts';
import { commentId, positionId, userId } from '../../src/protocol/ids.ts';
import { aFolder, compared, startGate, startRelay, startUser, type User, until } from './rig.ts';

/** alice and bob, who can be stopped, put back to an earlier day, and started again at the same address. */
async function twoFriends() {
  const relay = await startRelay();
  // The gates keep the addresses while the backends behind them come and go.
  const gates = { alice: await startGate(), bob: await startGate() };
  const start = async (name: 'alice' | 'bob', friend: string, before?: User) => {
    const config = { public_url: gates[name].url };
    const user = await startUser(name, {
      relay,
      friends: [friend],
      config,
      ...(before && { folder: before.folder }),
    });
    gates[name].leadTo(user.backend);
    return user;
  };
  const [alice, bob] = await Promise.all([start('alice', 'bob'), start('bob', 'alice')]);
  await compared(alice, bob);
  const restart = (user: User) =>
    user.name === 'alice' ? start('alice', 'bob', user) : start('bob', 'alice', user);
  return { alice, bob, restart };
}

const fileOf = ({ folder }: User) => join(folder, 'backend.sqlite');

/** A copy of a stopped user's database, to be put back later. */
async function saved(user: User): Promise<() => void> {
  const copy = join(await aFolder(), 'saved.sqlite');
  copyFileSync(fileOf(user), copy);
  return () => {
    for (const ending of ['-wal', '-shm']) rmSync(`${fileOf(user)}${ending}`, { force: true });
    copyFileSync(copy, fileOf(user));
  };
}

const agree = async (owner: User, reader: User) => {
  const own = (await owner.positions()).filter(({ shared_with = [] }) =>
    shared_with.some((id) => id === reader.name),
  );
  const copies = (await reader.positions()).filter(({ owner_id }) => owner_id === owner.name);
  const shown = async (user: User, list: typeof own) =>
    JSON.stringify(
      await Promise.all(
        list
          .toSorted((one, other) => one.id.localeCompare(other.id))
          // What was in the list a moment ago may be gone by now: then they do not agree yet.
          .map(async ({ id, version, notes }) => [
            id,
            version,
            notes,
            (await user.comments(id).catch(() => ['gone'])).sort(),
          ]),
      ),
    );
  return (await shown(owner, own)) === (await shown(reader, copies));
};

test("bob's database is put back: what alice did since comes again, and what she took back goes", async () => {
  const { alice, bob, restart } = await twoFriends();
  for (const id of ['berlin', 'rome', 'oslo']) await alice.create(id);
  for (const id of ['berlin', 'rome']) await bob.step('stored', await alice.share(id, 'bob'));
  await bob.stop();
  const putBack = await saved(bob);

  const second = await restart(bob);
  await second.step('notified', await alice.update('berlin', { notes: 'two' }));
  await second.step('notified', await alice.comment('berlin', 'seen?'));
  await second.settled(await second.comment('berlin', 'yes'), 'alice');
  await second.step('notified', await alice.revoke('rome', 'bob'));
  await second.step('stored', await alice.share('oslo', 'bob'));
  await second.stop();
  putBack();

  const third = await restart(bob);
  await until(() => agree(alice, third));
  expect((await third.positions()).map(({ id, version }) => [id, version])).toEqual([
    ['berlin', 2],
    ['oslo', 1],
  ]);
  expect(await third.comments('berlin')).toEqual(['alice: seen?', 'bob: yes']);
  expect((await third.notifications()).map(({ kind }) => kind)).toContain('share_revoked');
  expect(third.told.all).toContainEqual(
    expect.objectContaining({ type: 'resync', state: 'compared', why: 'start', fetches: 2, removed: 1 }),
  );
});

test("alice's database is put back: bob's copies go back with it, and he sends his comments again", async () => {
  const { alice, bob, restart } = await twoFriends();
  for (const id of ['berlin', 'rome', 'oslo']) await alice.create(id);
  for (const id of ['berlin', 'rome']) await bob.step('stored', await alice.share(id, 'bob'));
  // With nothing left to send, she has nothing to say when she is back but that she is back.
  await until(async () => (await alice.outbox()).pending === 0);
  await alice.stop();
  const putBack = await saved(alice);

  const second = await restart(alice);
  for (const notes of ['two', 'three']) await bob.step('notified', await second.update('berlin', { notes }));
  await bob.step('notified', await second.comment('berlin', 'of the lost days'));
  const mine = await bob.comment('berlin', 'mine');
  expect(await bob.settled(mine, 'alice')).toBe('delivered');
  await bob.step('notified', await second.revoke('rome', 'bob'));
  await bob.step('stored', await second.share('oslo', 'bob'));
  await compared(second, bob);
  await second.stop();
  putBack();

  const third = await restart(alice);
  await until(
    async () => (await agree(third, bob)) && (await third.comments('berlin')).includes('bob: mine'),
  );
  expect((await bob.positions()).map(({ id, version, notes }) => [id, version, notes])).toEqual([
    ['berlin', 1, ''],
    ['rome', 1, ''],
  ]);
  expect(await bob.comments('berlin')).toEqual(['bob: mine']);
});

test('versions that alice counts anew after her database was put back are not taken for the lost ones', async () => {
  const { alice, bob, restart } = await twoFriends();
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await alice.stop();
  const putBack = await saved(alice);
  const second = await restart(alice);
  for (const notes of ['two', 'three']) await bob.step('notified', await second.update('berlin', { notes }));
  await bob.stop();
  await second.stop();
  putBack();

  // Bob is away until she has come to the same number by another way.
  const third = await restart(alice);
  await third.update('berlin', { notes: 'another two' });
  await third.update('berlin', { tags: ['another-three'] });
  const back = await restart(bob);
  await until(() => agree(third, back));
  expect(await back.positions()).toMatchObject([
    { version: 3, notes: 'another two', tags: ['another-three'] },
  ]);
});

test("what is late of a life of alice's that has ended is not taken, though her next one has sent nothing yet", async () => {
  const { alice, bob, restart } = await twoFriends();
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await until(async () => (await alice.outbox()).pending === 0);
  const epoch = freshEpoch(Date.now(), Math.random);
  await alice.stop();
  const second = await restart(alice);
  await compared(second, bob);

  const data = { position_id: 'berlin', version: 2, updates: { notes: 'late' } };
  const place = { epoch, seq: { bob: 1 }, base: { bob: 1 } };
  await second.backend.emit({ id: 'late', type: 'position_updated', to_users: ['bob'], data, ...place });
  await bob.step('notified', await second.update('berlin', { notes: 'new' }));
  expect(await bob.positions()).toMatchObject([{ version: 2, notes: 'new' }]);
  expect((await bob.inbox()).records.map(({ event }) => event.id)).not.toContain('late');
});

test('whoever befriends alice again gets what she shares with him still', async () => {
  const { alice, bob } = await twoFriends();
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await bob.unfriend('alice');
  expect(await bob.positions()).toEqual([]);
  await bob.befriend('alice');
  await until(() => agree(alice, bob));
  expect(await bob.positions()).toMatchObject([{ id: 'berlin' }]);
});

test('a share that comes after a comparison has brought its copy is not shown once more', async () => {
  const { alice, bob } = await twoFriends();
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const [record] = (await bob.inbox()).records;
  await bob.unfriend('alice');
  await bob.befriend('alice');
  await until(() => agree(alice, bob));
  const told = async () => (await bob.notifications()).filter(({ kind }) => kind === 'position_shared');
  expect(await told()).toHaveLength(2);

  await alice.backend.emit({
    id: 'late',
    type: 'position_shared',
    to_users: ['bob'],
    data: record?.event.data,
  });
  await bob.step('stored', 'late');
  expect(await told()).toHaveLength(2);
  // A new grant is something new.
  await bob.step('notified', await alice.revoke('berlin', 'bob'));
  await bob.step('stored', await alice.share('berlin', 'bob'));
  expect(await told()).toHaveLength(3);
});

test('a share that comes after its revoke does not bring the copy back', async () => {
  const { alice, bob } = await twoFriends();
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await bob.step('stored', shared);
  const { records } = await bob.inbox();
  const event = records[0]?.event;
  await bob.step('committed', await alice.revoke('berlin', 'bob'));
  await alice.backend.emit({ id: 'late', type: 'position_shared', to_users: ['bob'], data: event?.data });
  await bob.step('committed', 'late');
  expect(bob.backend.census()).toMatchObject({ runnable: { fetch_jobs: 0 }, parked: { fetch_jobs: 0 } });
  expect((await bob.inbox()).records.at(-1)).toMatchObject({ outcome: 'applied', event: { id: 'late' } });
  expect(await bob.positions()).toEqual([]);

  // And a revoke that names another grant takes nothing away.
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const data = { position_id: 'berlin', share_id: 'another' };
  await alice.backend.emit({ id: 'other', type: 'share_revoked', to_users: ['bob'], data });
  await bob.step('committed', 'other');
  expect(await bob.positions()).toMatchObject([{ id: 'berlin' }]);
});

test('a long list of shares and comments is asked for page by page', async () => {
  const { alice, bob, restart } = await twoFriends();
  await alice.create('berlin');
  await alice.create('rome');
  await bob.stop();
  await alice.stop();
  {
    using db = openDatabase(alice.folder);
    const { comments } = storeIn(db);
    inTransaction(db, () => {
      for (const id of [...Array(450).keys()].map((n) => `c${n}`)) {
        const user = { id: userId.parse('alice'), display_name: 'Alice' };
        const written = { id: commentId.parse(id), text: id, user, created_at: '2026-01-01T00:00:00.000Z' };
        comments.add(positionId.parse(Number(id.slice(1)) % 3 === 0 ? 'berlin' : 'rome'), written);
      }
    });
  }
  const there = await restart(alice);
  const first = await restart(bob);
  await first.step('stored', await there.share('berlin', 'bob'));
  await first.step('stored', await there.share('rome', 'bob'));
  await first.stop();
  const back = await restart(first);
  await compared(there, back);
  expect(await agree(there, back)).toBe(true);
  expect(back.told.all.filter((one) => one.type === 'resync')).toEqual([]);
});
