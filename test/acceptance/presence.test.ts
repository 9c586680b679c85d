import { expect, test } from 'vitest';
import { anEvent, tokenFor } from '../relay/rig.ts';
import { describeRelay } from './describe-relay.ts';

const peer_key = { kty: 'OKP', crv: 'Ed25519', x: 'a'.repeat(43) };

describeRelay('presence', ({ startRelay, dial, join, friends }) => {
  test('the snapshot of friends comes right after ready, with origin and key', async () => {
    const relay = await startRelay();
    const profile = { display_name: 'Alice A.', backend_url: 'http://localhost:8000', peer_key };
    await join(relay, 'alice', { friends: ['bob'], ...profile });
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    await bob.next('presence');
    expect(bob.frames.map(({ name }) => name)).toEqual(['ready', 'presence']);
    expect(bob.named('presence')).toEqual([
      { user_id: 'alice', status: 'online', last_seen: expect.any(String), ...profile },
    ]);
  });

  test('a friend who comes is shown, and wakes outboxes; a stranger does neither', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice', { friends: ['bob', 'onesided'] });
    await join(relay, 'stranger', { friends: ['alice'] });
    await join(relay, 'onesided', { friends: [] });
    await join(relay, 'bob', { friends: ['alice'] });
    await alice.next('wake');
    expect(alice.named('presence').map(({ user_id }) => user_id)).toEqual(['bob']);
    expect(alice.named('wake')).toEqual([{ user_id: 'bob' }]);
  });

  test('who is back within the grace was never away, but wakes outboxes again', async () => {
    const relay = await startRelay({ grace_ms: 60_000 });
    const { alice, bob } = await friends(relay);
    await alice.next('wake');
    bob.drop();
    await bob.next('ready');
    await alice.next('wake');
    expect(alice.named('presence').map(({ status }) => status)).toEqual(['online']);
  });

  test('in grace a friend still counts as online in the snapshot', async () => {
    const relay = await startRelay({ grace_ms: 60_000 });
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    bob.leave();
    const alice = await join(relay, 'alice', { friends: ['bob'] });
    expect(await alice.next('presence')).toMatchObject({ user_id: 'bob', status: 'online' });
  });

  test('who stays away longer is offline', async () => {
    const relay = await startRelay({ grace_ms: 30 });
    const { alice, bob } = await friends(relay);
    bob.leave();
    await alice.next('presence', ({ status }) => status === 'offline');
    expect(relay.told).toContainEqual({ type: 'presence', user: 'bob', status: 'offline' });
  });

  test('a bye skips the grace', async () => {
    const relay = await startRelay({ grace_ms: 60_000 });
    const { alice, bob } = await friends(relay);
    bob.bye();
    bob.leave();
    expect(await alice.next('presence', ({ status }) => status === 'offline')).toMatchObject({
      user_id: 'bob',
    });
  });

  test('a changed origin is told, even within the grace', async () => {
    const relay = await startRelay({ grace_ms: 60_000 });
    const alice = await join(relay, 'alice', { friends: ['bob'] });
    const token = await tokenFor('bob');
    let port = 8000;
    const bob = dial(relay, 'bob', () => ({
      token,
      friends: ['alice'],
      backend_url: `http://localhost:${port++}`,
    }));
    await bob.next('ready');
    await relay.settled();
    bob.drop();
    await alice.next('presence', ({ backend_url }) => backend_url === 'http://localhost:8001');
    expect(alice.named('presence')).toHaveLength(2);
  });

  test('becoming friends introduces and wakes both; ending it shows both offline', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice', { friends: [] });
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    expect(bob.named('presence')).toEqual([]);

    alice.declareFriends({ friends: ['bob'] });
    for (const [one, other] of [
      [alice, 'bob'],
      [bob, 'alice'],
    ] as const) {
      expect(await one.next('presence')).toMatchObject({ user_id: other, status: 'online' });
      expect(await one.next('wake')).toEqual({ user_id: other });
    }
    await alice.submit(anEvent());
    await bob.next('collab_event');

    bob.declareFriends({ friends: [] });
    expect(await alice.next('presence')).toMatchObject({ user_id: 'bob', status: 'offline' });
    expect(await bob.next('presence')).toMatchObject({ user_id: 'alice', status: 'offline' });
  });

  test("a token's friends and name count only where none were declared", async () => {
    const relay = await startRelay();
    const token = await tokenFor('alice', { claims: { friends: ['bob', 'carol'], name: 'Alice by token' } });
    await join(relay, 'alice', { token });
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    expect(await bob.next('presence')).toMatchObject({ user_id: 'alice', display_name: 'Alice by token' });

    await join(relay, 'alice', { token, friends: ['carol'], display_name: 'Alice' });
    expect(await bob.next('presence')).toMatchObject({ user_id: 'alice', status: 'offline' });
  });

  test('friends that a refreshed token names count from then on', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice');
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    const token = await tokenFor('alice', { claims: { friends: ['bob'] } });
    await alice.refresh(token);
    expect(await bob.next('presence')).toMatchObject({ user_id: 'alice', status: 'online' });
  });

  test.each([
    ['leaves', {}],
    ['is no friend any more', { friends: [] }],
  ])('a sender hears what was routed before it hears that the recipient %s', async (_what, declares) => {
    const relay = await startRelay({ routed_after_ms: 60_000 });
    const { alice, bob } = await friends(relay);
    await alice.submit(anEvent());
    await bob.next('collab_event');
    if ('friends' in declares) bob.declareFriends(declares);
    else bob.leave();
    await alice.next('presence', ({ status }) => status === 'offline');
    const names = alice.frames.map(({ name }) => name).filter((name) => name !== 'wake');
    expect(names.slice(-2)).toEqual(['collab_receipt', 'presence']);
  });

  test('somebody who is being left wakes whoever still has revokes for them, and nobody sees anybody', async () => {
    const relay = await startRelay({ grace_ms: 0 });
    const alice = await join(relay, 'alice', { friends: [], leaving: ['bob'] });
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    expect(await alice.next('wake')).toEqual({ user_id: 'bob' });

    alice.leave();
    await join(relay, 'alice', { friends: [], leaving: ['bob'] });
    expect(await bob.next('wake')).toEqual({ user_id: 'alice' });
    expect([...alice.named('presence'), ...bob.named('presence')]).toEqual([]);
  });

  test('who is left again while both are here is woken for the revokes', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice', { friends: ['bob'] });
    const bob = await join(relay, 'bob', { friends: [] });
    alice.declareFriends({ friends: [], leaving: ['bob'] });
    bob.declareFriends({ friends: [], leaving: ['alice'] });
    expect(await alice.next('wake')).toEqual({ user_id: 'bob' });
    expect(await bob.next('wake')).toEqual({ user_id: 'alice' });
  });
});
