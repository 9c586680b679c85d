import { expect, test } from 'vitest';
import { loadOrMakePeerKey } from '../../src/client/peer-key.ts';
import { makePeerToken } from '../../src/client/peer-token.ts';
import { userId } from '../../src/protocol/ids.ts';
import { friendsOf, startRelay, startUser, tokenFor, type User } from './rig.ts';

const berlin = '/api/v1/positions/ideas/berlin';

/** What a user's backend would show to another one. */
function peerToken(from: User, to: string, as = from.name): Promise<string> {
  return makePeerToken(userId.parse(as), userId.parse(to), loadOrMakePeerKey(from.folder), Date.now());
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('bob reads what is shared with him; for carol it does not exist', async () => {
  const [alice, bob, carol] = await friendsOf(await startRelay(), 'alice', 'bob', 'carol');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const asBob = bearer(await peerToken(bob, 'alice'));
  const asCarol = bearer(await peerToken(carol, 'alice'));

  const seen = await alice.ask('GET', berlin, undefined, asBob);
  expect(seen).toMatchObject({ status: 200, body: { id: 'berlin', read_only: true, comments: [] } });
  expect(seen.body).not.toHaveProperty('shared_with');
  expect(await alice.ask('GET', `${berlin}/comments`, undefined, asBob)).toEqual({ status: 200, body: [] });

  const unknown = await alice.ask('GET', '/api/v1/positions/ideas/nowhere', undefined, asCarol);
  expect(unknown.status).toBe(404);
  expect(await alice.ask('GET', berlin, undefined, asCarol)).toEqual(unknown);
  expect(await alice.ask('GET', `${berlin}/comments`, undefined, asCarol)).toEqual(unknown);

  // What left the backend is told, and nothing of those who got nothing.
  const served = alice.told.all.filter((one) => one.type === 'served');
  expect(new Set(served.map(({ to }) => to))).toEqual(new Set(['bob']));
  expect(served.map(({ position }) => position)).toEqual(['berlin', 'berlin', 'berlin']);

  // A copy is not passed on, not even to its owner's friends.
  expect((await bob.ask('GET', berlin, undefined, bearer(await peerToken(carol, 'bob')))).status).toBe(404);
});

test('who is no friend any more gets nothing, also if named in a share, before both are friends again', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  await alice.unfriend('bob');
  await alice.share('berlin', 'bob');
  const asBob = bearer(await peerToken(bob, 'alice'));
  const shares = '/api/collab/shares';
  expect(await alice.ask('GET', berlin, undefined, asBob)).toMatchObject({ status: 404 });
  expect(await alice.ask('GET', shares, undefined, asBob)).toEqual({ status: 200, body: [] });

  await alice.befriend('bob');
  expect(await alice.ask('GET', berlin, undefined, asBob)).toMatchObject({ status: 200 });
  expect(await alice.ask('GET', shares, undefined, asBob)).toMatchObject({
    status: 200,
    body: [{ position_id: 'berlin' }],
  });
});

test('a peer reads and does nothing else', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const asBob = bearer(await peerToken(bob, 'alice'));
  const tries = [
    alice.ask('GET', '/api/v1/positions/ideas', undefined, asBob),
    alice.ask('PATCH', berlin, { notes: 'mine' }, asBob),
    alice.ask('POST', `${berlin}/share`, { friend_ids: ['bob'] }, asBob),
    alice.ask('DELETE', '/api/v1/friends/bob', undefined, asBob),
    alice.ask('GET', '/api/v1/inbox', undefined, asBob),
  ];
  for (const answer of await Promise.all(tries)) {
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  }
});

test("a peer's token for alice opens nothing elsewhere, and nobody signs for another", async () => {
  const [alice, bob, carol] = await friendsOf(await startRelay(), 'alice', 'bob', 'carol');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const refused = { status: 401, body: { code: 'bad_token' } };
  expect(await carol.ask('GET', berlin, undefined, bearer(await peerToken(bob, 'alice')))).toMatchObject(
    refused,
  );

  const forged = await peerToken(carol, 'alice', 'bob');
  expect(await alice.ask('GET', berlin, undefined, bearer(forged))).toMatchObject(refused);
});

test('the owner needs a token of the right issuer, audience, user and time', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const audience = 'collab-backend:alice';
  const read = async (token: string) => {
    const { status, body } = await alice.ask('GET', '/api/v1/positions/ideas', undefined, bearer(token));
    return [status, body];
  };
  expect((await read(await tokenFor('alice', { audience })))[0]).toBe(200);
  expect(await alice.ask('GET', '/api/v1/positions/ideas', undefined, {})).toMatchObject({
    status: 401,
    body: { code: 'no_token' },
  });
  const wrong = [
    await tokenFor('alice', { audience: 'collab-relay' }),
    await tokenFor('alice', { audience: 'collab-backend:bob' }),
    await tokenFor('alice', { audience, expiresInS: -100 }),
    // The issuer may sign for bob, but here only bob's own key speaks for him.
    await tokenFor('bob', { audience }),
    // The first letter of the signature: the last one has spare bits, and another letter there may be the same signature.
    (await tokenFor('alice', { audience })).replace(/\.[^.](?=[^.]+$)/, (first) =>
      first === '.A' ? '.B' : '.A',
    ),
    `${btoa('{"alg":"none"}')}.${btoa('{"sub":"alice","aud":"collab-backend:alice","exp":9999999999}')}.`,
    'rubbish',
  ];
  for (const token of wrong) {
    expect(await read(token)).toMatchObject([401, { code: 'bad_token' }]);
  }
});

test('without tokens everybody on this machine is the owner, where the backend says so', async () => {
  const alice = await startUser('alice', {
    relay: await startRelay(),
    config: { owner_trust: { insecure: true } },
  });
  expect(await alice.ask('GET', '/api/v1/positions/ideas', undefined, {})).toEqual({ status: 200, body: [] });
});

test('a backend that takes everybody for its owner does not listen on the network', async () => {
  const config = { owner_trust: { insecure: true }, host: '0.0.0.0' };
  await expect(startUser('alice', { relay: await startRelay(), config })).rejects.toMatchObject({
    code: 'insecure-beyond-loopback',
  });
});

test('pages of other origins may not call', async () => {
  const alice = await startUser('alice', {
    relay: await startRelay(),
    config: { page_origins: ['http://localhost:3000'] },
  });
  const from = async (origin: string) =>
    (
      await alice.ask('GET', '/api/v1/positions/ideas', undefined, {
        ...bearer(await alice.ownerToken()),
        origin,
      })
    ).status;
  expect(await from('http://localhost:3000')).toBe(200);
  expect(await from('http://localhost:3001')).toBe(403);
  const page = (origin: string) => alice.page(undefined, { origin });
  expect((await page('http://localhost:3000')).status).toBe(101);
  expect((await page('http://localhost:3001')).status).toBe(403);
});

test('only its owner listens at the page socket', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  const withToken = async (token: string) => (await alice.page(token)).status;
  expect(await withToken(await alice.ownerToken())).toBe(101);
  expect(await withToken('')).toBe(401);
  expect(await withToken(await tokenFor('alice', { audience: 'collab-relay' }))).toBe(401);
  expect(await withToken(await peerToken(bob, 'alice'))).toBe(403);
});

test('a new key of bob is believed, and alice reads that it is new', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['bob'] });
  const before = await startUser('bob', { relay, friends: ['alice'] });
  await alice.create('berlin');
  await before.step('stored', await alice.share('berlin', 'bob'));
  const oldToken = await peerToken(before, 'alice');
  await before.stop();

  const after = await startUser('bob', { relay, friends: ['alice'] });
  expect(await alice.told.next((one) => one.type === 'note')).toMatchObject({
    code: 'key_changed',
    level: 'warn',
  });
  expect((await alice.notifications())[0]).toMatchObject({ kind: 'key_changed', from_user: 'bob' });
  expect((await alice.ask('GET', berlin, undefined, bearer(await peerToken(after, 'alice')))).status).toBe(
    200,
  );
  expect((await alice.ask('GET', berlin, undefined, bearer(oldToken))).status).toBe(401);
});

test('the public key of a backend is there for everybody', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const { publicKey } = loadOrMakePeerKey(alice.folder);
  expect(await alice.ask('GET', '/.well-known/jwks.json', undefined, {})).toMatchObject({
    status: 200,
    body: { keys: [publicKey] },
  });
  expect((await alice.ask('GET', '/.well-known/jwks.json', undefined, {})).body).not.toHaveProperty(
    'keys.0.d',
  );
});
