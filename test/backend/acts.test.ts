import { expect, test } from 'vitest';
import { friendsOf, startRelay, startUser } from './rig.ts';

const ideas = '/api/v1/positions/ideas';

test('a draft that is posted twice is one position, also after a change', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const draft = { id: 'berlin', symbol: 'SAP', notes: 'one' };
  const first = await alice.ask('POST', ideas, draft);
  expect(first).toMatchObject({ status: 201, body: { id: 'berlin', version: 1, owner_id: 'alice' } });
  expect(await alice.ask('POST', ideas, draft)).toEqual(first);
  await alice.update('berlin', { notes: 'two' });
  expect(await alice.ask('POST', ideas, draft)).toMatchObject({
    status: 201,
    body: { version: 2, notes: 'two' },
  });
  expect(await alice.ask('POST', ideas, { ...draft, notes: 'other' })).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  });
  expect((await alice.ask('POST', ideas, { symbol: 'SAP' })).body).toMatchObject({ id: expect.any(String) });
  expect(await alice.positions()).toHaveLength(2);
});

test('the id of a copy is taken', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  expect(await bob.ask('POST', ideas, { id: 'berlin', symbol: 'SAP' })).toMatchObject({ status: 409 });
});

test('a copy is read-only: bob can comment on it and nothing else', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const readOnly = { status: 403, body: { code: 'read_only' } };
  expect(await bob.ask('PATCH', `${ideas}/berlin`, { notes: 'mine' })).toMatchObject(readOnly);
  expect(await bob.ask('POST', `${ideas}/berlin/share`, { friend_ids: ['alice'] })).toMatchObject(readOnly);
  expect(await bob.ask('DELETE', `${ideas}/berlin/share/alice`)).toMatchObject(readOnly);
  expect((await bob.ask('POST', `${ideas}/berlin/comments`, { text: 'mine' })).status).toBe(201);
});

test('sharing again with the same friend sends nothing again', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob', 'carol');
  await alice.create('berlin');
  const first = await alice.share('berlin', 'bob');
  await bob.step('stored', first);
  expect(await alice.share('berlin', 'bob')).toBe('');
  const second = await alice.share('berlin', 'carol', 'bob', 'carol');
  expect((await alice.outbox(second)).entries.map(({ to }) => to)).toEqual(['carol']);
  expect((await alice.positions())[0]?.shared_with).toEqual(['bob', 'carol']);
});

test('a share with oneself is refused, and so is one that names others too', async () => {
  const alice = await startUser('alice', { relay: await startRelay(), friends: ['bob'] });
  await alice.create('berlin');
  for (const friend_ids of [['alice'], ['bob', 'alice']]) {
    expect(await alice.ask('POST', `${ideas}/berlin/share`, { friend_ids })).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: 'Nobody shares with themselves.' },
    });
  }
  expect((await alice.positions())[0]?.shared_with).toEqual([]);
});

test('what nobody has is not found', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const tries = [
    alice.ask('GET', `${ideas}/nowhere`),
    alice.ask('PATCH', `${ideas}/nowhere`, { notes: '' }),
    alice.ask('POST', `${ideas}/nowhere/share`, { friend_ids: ['bob'] }),
    alice.ask('GET', `${ideas}/nowhere/comments`),
    alice.ask('POST', `${ideas}/nowhere/comments`, { text: 'hello' }),
    alice.ask('DELETE', '/api/v1/friends/bob'),
  ];
  for (const answer of await Promise.all(tries)) {
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  }
});

test('an act that the outbox has no room for changes nothing', async () => {
  const alice = await startUser('alice', {
    relay: await startRelay(),
    friends: ['bob', 'carol'],
    config: { outbox_limit: 2 },
  });
  await alice.create('berlin');
  await alice.share('berlin', 'carol');
  await alice.share('berlin', 'bob');
  await alice.update('berlin', { notes: 'two' });
  const full = await alice.ask('PATCH', `${ideas}/berlin`, { notes: 'three' });
  expect(full).toMatchObject({ status: 507, body: { code: 'outbox_full' } });
  expect(await alice.positions()).toMatchObject([{ version: 2, notes: 'two' }]);
  expect((await alice.ask('POST', `${ideas}/berlin/comments`, { text: 'no room' })).status).toBe(507);
  expect(await alice.comments('berlin')).toEqual([]);
  expect((await alice.outbox()).pending).toBe(4);
});

test('when alice has no room to pass on what bob wrote, he tries again until she has', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', {
    relay,
    friends: ['bob', 'carol'],
    config: { outbox_limit: 2 },
  });
  const bob = await startUser('bob', { relay, friends: ['alice'] });
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob', 'carol'));
  await alice.comment('berlin', 'one');
  const event = await bob.comment('berlin', 'two');
  await bob.step('settled', event, { stage: 'nacked' });
  expect(await alice.comments('berlin')).toEqual(['alice: one']);
  await alice.revoke('berlin', 'carol');
  expect(await bob.settled(event, 'alice')).toBe('delivered');
  expect(await alice.comments('berlin')).toEqual(['alice: one', 'bob: two']);
});
