import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openSingle } from '../../src/backend/single/open-single.ts';
import type { Happening } from '../../src/protocol/records.ts';
import { singleConfig } from '../../src/protocol/single-config.ts';
import { aFolder, Log, secret, tokenFor, User } from './rig.ts';

const soon = { timeout: 20_000, interval: 20 };

/** Users of one process, by name, who call these their friends. */
async function oneProcess<const Name extends string>(
  friends: Readonly<Record<Name, readonly string[]>>,
  folder?: string,
) {
  const data = folder ?? (await aFolder());
  const told = new Log<Happening>();
  const names = Object.keys(friends);
  const single = await openSingle(
    singleConfig.parse({
      port: 0,
      // Of a restart too, as that of a server that keeps its port.
      public_url: 'http://one.example',
      users: Object.entries<readonly string[]>(friends).map(([name, whom]) => ({
        user_id: name,
        display_name: name,
        friends: whom,
        data_dir: join(data, name),
        owner_trust: { hs256_secret: secret },
        allow_private: true,
        timing: { sweep_ms: 2000, fetch_retry_min_ms: 10, fetch_retry_max_ms: 100 },
      })),
    }),
    { tell: (happening) => told.add(happening) },
  );
  onTestFinished(() => single[Symbol.asyncDispose]());
  const backend = { ...single, emit: async () => ({ status: 'rejected' as const }) };
  const users = new Map<string, User>();
  for (const name of names) {
    const token = await tokenFor(name, { audience: `collab-backend:${name}` });
    users.set(name, new User(name, join(data, name), told, backend, token));
  }
  const user = (name: Name): User => {
    const found = users.get(name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  };
  return { single, user, told, data };
}

test('the token picks the store: a share, a comment, a revoke, all in one process', async () => {
  const { user } = await oneProcess({ alice: ['bob'], bob: ['alice'] });
  const [alice, bob] = [user('alice'), user('bob')];
  await alice.create('berlin', { notes: 'one process' });
  expect(await bob.positions()).toEqual([]);
  const shared = await alice.share('berlin', 'bob');
  expect(await alice.settled(shared, 'bob')).toBe('delivered');
  await bob.step('stored', shared);
  expect(await bob.positions()).toMatchObject([{ id: 'berlin', notes: 'one process', read_only: true }]);
  const commented = await bob.comment('berlin', 'Next door.');
  expect(await bob.settled(commented, 'alice')).toBe('delivered');
  expect(await alice.comments('berlin')).toEqual(['bob: Next door.']);
  await alice.settled(await alice.revoke('berlin', 'bob'), 'bob');
  expect(await bob.positions()).toEqual([]);
});

test('a stranger gets nothing, and one-sided friends become two when the other says so too', async () => {
  const { user } = await oneProcess({ alice: ['bob', 'carol'], bob: ['alice'], carol: [] });
  const [alice, bob, carol] = [user('alice'), user('bob'), user('carol')];
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob', 'carol');
  expect(await alice.settled(shared, 'bob')).toBe('delivered');
  await alice.step('looked_up', shared, { verdict: 'not_friends', by: 'bus' });
  expect((await carol.inbox()).records).toEqual([]);
  expect((await bob.inbox()).records).toHaveLength(1);
  await carol.befriend('alice');
  expect(await alice.settled(shared, 'carol')).toBe('delivered');
  await vi.waitFor(
    async () => expect(await alice.friends()).toMatchObject([{ status: 'online' }, { status: 'online' }]),
    soon,
  );
});

test("no token opens another user's store", async () => {
  const { user } = await oneProcess({ alice: ['bob'], bob: ['alice'] });
  const [alice, bob] = [user('alice'), user('bob')];
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const asked = (token: string) =>
    alice.ask('GET', '/api/v1/positions/ideas', undefined, { authorization: `Bearer ${token}` });
  expect(await asked(await bob.ownerToken())).toMatchObject({ status: 200, body: [{ read_only: true }] });
  expect((await asked(await tokenFor('bob', { audience: 'collab-backend:alice' }))).status).toBe(401);
  expect((await asked('no.real.token')).status).toBe(401);
  expect((await alice.ask('GET', '/api/v1/outbox', undefined, {})).status).toBe(401);
  expect((await alice.ask('POST', '/api/collab/events', { events: [] })).status).toBe(403);
  const page = await bob.page();
  expect(page.status).toBe(101);
  expect((await alice.page('no.real.token')).status).not.toBe(101);
});

test('a socket without a token that breaks off takes nobody with it', async () => {
  const { single, user } = await oneProcess({ alice: [] });
  const upgrade = 'GET /ws/collab HTTP/1.1\r\nHost: one\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  for (let n = 0; n < 10; n += 1) {
    const socket = connect(single.port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((written) => socket.write(upgrade, written));
    socket.resetAndDestroy();
  }
  expect(await user('alice').positions()).toEqual([]);
});

test('stopped and started again, it goes on from its databases', async () => {
  const first = await oneProcess({ alice: ['bob'], bob: [] });
  await first.user('alice').create('berlin');
  const shared = await first.user('alice').share('berlin', 'bob');
  await first.single[Symbol.asyncDispose]();
  const again = await oneProcess({ alice: ['bob'], bob: [] }, first.data);
  await again.user('bob').befriend('alice');
  expect(await again.user('alice').settled(shared, 'bob')).toBe('delivered');
  expect(again.single.census().runnable).toMatchObject({ on_bus: 0 });
});
