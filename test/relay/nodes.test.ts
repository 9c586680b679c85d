import { describe, expect, test } from 'vitest';
import { anEvent, join, tokenFor } from './rig.ts';
import {
  buses,
  startBus,
  startNodes,
  until,
  untilAllRead,
  untilNotReady,
  untilQuiet,
  untilReady,
} from './two-nodes-rig.ts';

const peer_key = { kty: 'OKP', crv: 'Ed25519', x: 'a'.repeat(43) };

describe.each(buses)('two nodes on a bus in %s', { timeout: 60_000 }, (kind) => {
  test('an event to a friend on the other node arrives once, and each stage is said', async (context) => {
    const [a, b] = await twoNodes(kind, context);
    const alice = await join(a, 'alice', { friends: ['bob'] });
    const bob = await join(b, 'bob', { friends: ['alice'], acks: true });
    await untilQuiet([a, b]);
    expect(await alice.submit(anEvent({ seq: { bob: 1 }, epoch: 'e' }))).toEqual({
      id: 'e1',
      status: 'accepted',
    });
    expect(await bob.next('collab_event')).toMatchObject({
      id: 'e1',
      from_user: 'alice',
      to_users: ['bob'],
      seq: 1,
    });
    expect(await alice.receipt('e1', 'bob', 'routed')).toEqual({ id: 'e1', to: 'bob', stage: 'routed' });
    bob.socket.emit('collab_ack', { from: 'alice', results: [{ id: 'e1', status: 'delivered' }] });
    await alice.receipt('e1', 'bob', 'delivered');
    await untilQuiet([a, b]);
    expect(bob.named('collab_event')).toHaveLength(1);
    expect(alice.receipts().map(({ stage }) => stage)).toEqual(['routed', 'delivered']);
    expect(b.told).toContainEqual(
      expect.objectContaining({ step: 'looked_up', to: 'bob', verdict: 'deliver' }),
    );
    expect(b.told).toContainEqual(expect.objectContaining({ step: 'routed', event: 'e1', to: 'bob' }));
  });

  test('routed is the last word about a friend that does not acknowledge', async (context) => {
    const [a, b] = await twoNodes(kind, context);
    const alice = await join(a, 'alice', { friends: ['bob'] });
    await join(b, 'bob', { friends: ['alice'] });
    await untilQuiet([a, b]);
    await alice.submit(anEvent());
    expect(await alice.receipt('e1', 'bob', 'routed')).toMatchObject({ final: true });
  });

  test('events of one sender keep their order', async (context) => {
    const [a, b] = await twoNodes(kind, context);
    const alice = await join(a, 'alice', { friends: ['bob'] });
    const bob = await join(b, 'bob', { friends: ['alice'] });
    await untilQuiet([a, b]);
    const ids = Array.from({ length: 200 }, (_, n) => `e${n}`);
    await Promise.all(ids.map((id) => alice.submit(anEvent({ id }))));
    await until('all have arrived', () => bob.named('collab_event').length === ids.length);
    expect(bob.named('collab_event').map(({ id }) => id)).toEqual(ids);
  });

  test('friends are introduced over nodes, with origin and key, and wake each other', async (context) => {
    const [a, b] = await twoNodes(kind, context);
    const profile = { display_name: 'Alice A.', backend_url: 'http://localhost:8000', peer_key };
    const alice = await join(a, 'alice', { friends: ['bob', 'carol'], ...profile });
    const bob = await join(b, 'bob', { friends: ['alice'] });
    expect(await bob.next('presence')).toMatchObject({ user_id: 'alice', status: 'online', ...profile });
    expect(await alice.next('presence')).toMatchObject({ user_id: 'bob', status: 'online' });
    expect(await alice.next('wake')).toEqual({ user_id: 'bob' });
    const carol = await join(b, 'carol', { friends: [] });
    await untilQuiet([a, b]);
    expect(alice.named('presence')).toHaveLength(1);
    expect(carol.named('presence')).toEqual([]);
    expect([...alice.named('wake'), ...carol.named('wake')]).toEqual([{ user_id: 'bob' }]);
  });

  test('who goes before the answers to its hello have come is not left online', async (context) => {
    // No grace comes to an end in this test: "offline" is what bob's node says at once.
    const [a, b] = await twoNodes(kind, context, { grace_ms: 60_000 });
    const alice = await join(a, 'alice', { friends: ['bob'] });
    for (let n = 0; n < 10; n += 1) {
      const bob = await join(b, 'bob', { friends: ['alice'] });
      // With the greeting at the latest its own node knows nothing yet of alice.
      bob.socket.emit('bye');
      bob.socket.disconnect();
      await until('the node has let bob go', () => b.census().links.length === 0);
      await untilAllRead([a, b], [[a, 'alice', alice]]);
      expect(alice.named('presence').at(-1)?.status ?? 'offline').toBe('offline');
    }
  });

  test('unknown, offline and stranger look the same, at the same time', async (context) => {
    const [a, b] = await twoNodes(kind, context, { unavailable_after_ms: 400 });
    const alice = await join(a, 'alice', { friends: ['gone', 'never', 'mallory'] });
    await join(b, 'mallory', { friends: ['bob'] });
    const gone = await join(b, 'gone', { friends: ['alice'] });
    await alice.next('presence');
    gone.socket.emit('bye');
    gone.socket.disconnect();
    await alice.next('presence', ({ status }) => status === 'offline');
    await alice.submit(anEvent({ to_users: ['gone', 'never', 'mallory', 'unlisted'] }));
    const said = ['gone', 'never', 'mallory', 'unlisted'].map((to) => alice.receipt('e1', to, 'unavailable'));
    expect(await Promise.all(said)).toHaveLength(4);
    // Not in one batch each by its reason: in one for all of them.
    expect(alice.frames.filter(({ name }) => name === 'collab_receipt')).toHaveLength(1);
    await untilQuiet([a, b]);
    expect(a.told).toContainEqual(
      expect.objectContaining({ to: 'gone', verdict: expect.stringMatching(/offline|unknown/) }),
    );
    expect(a.told).toContainEqual(expect.objectContaining({ to: 'unlisted', verdict: 'not_friends' }));
    expect(b.told).toContainEqual(expect.objectContaining({ to: 'mallory', verdict: 'not_friends' }));
  });

  test('the newest connection wins over nodes, and nobody sees a friend flicker', async (context) => {
    const [a, b] = await twoNodes(kind, context, { grace_ms: 300 });
    const alice = await join(a, 'alice', { friends: ['bob'] });
    const here = await join(a, 'bob', { friends: ['alice'] });
    await alice.next('presence');
    const there = await join(b, 'bob', { friends: ['alice'] });
    expect(await here.next('collab_error')).toMatchObject({ code: 'replaced', close_code: 4409 });
    await alice.next('wake');
    await alice.next('wake');
    await alice.submit(anEvent());
    expect(await there.next('collab_event')).toMatchObject({ id: 'e1' });
    await until('the old node has forgotten bob', () => a.census().links.length === 1);
    // Longer than any grace: an "offline" that was on its way would be here.
    await expect(
      within(
        1500,
        alice.next('presence', ({ status }) => status === 'offline'),
      ),
    ).rejects.toThrow('nothing');
    expect(here.named('collab_event')).toEqual([]);
  });

  test('a late connection of the same running copy is the one that goes', async (context) => {
    const [a, b] = await twoNodes(kind, context);
    const second = await join(a, 'bob', { friends: [], instance: 'i', attempt: 2 });
    await untilQuiet([a, b]);
    const first = await join(b, 'bob', { friends: [], instance: 'i', attempt: 1 });
    expect(await first.next('collab_error')).toMatchObject({ code: 'replaced' });
    expect(second.socket.connected).toBe(true);
  });

  test('who is back on another node within the grace was never away', async (context) => {
    const [a, b] = await twoNodes(kind, context, { grace_ms: 2000 });
    const alice = await join(a, 'alice', { friends: ['bob'] });
    const bob = await join(b, 'bob', { friends: ['alice'] }, { reconnection: false });
    await alice.next('presence');
    await untilQuiet([a, b]);
    const said = () => b.census().bus?.published ?? 0;
    const before = said();
    bob.socket.disconnect();
    await join(a, 'bob', { friends: ['alice'] });
    await alice.next('wake');
    await alice.next('wake');
    await until('the old node has said that its grace is over', () => said() > before);
    await untilAllRead([a, b], [[a, 'alice', alice]]);
    expect(alice.named('presence')).toHaveLength(1);
  });

  test('who comes to the node of a former friend with another list is offline for them', async (context) => {
    const [a, b] = await twoNodes(kind, context, { grace_ms: 5000 });
    const alice = await join(a, 'alice', { friends: ['bob'] });
    const bob = await join(b, 'bob', { friends: ['alice'] }, { reconnection: false });
    await alice.next('presence');
    bob.socket.disconnect();
    await join(a, 'bob', { friends: ['carol'] });
    expect(await alice.next('presence')).toMatchObject({ user_id: 'bob', status: 'offline' });
  });

  test('who stays away is offline after the grace, and after a bye at once', async (context) => {
    const [a, b] = await twoNodes(kind, context, { grace_ms: 100 });
    const alice = await join(a, 'alice', { friends: ['bob', 'carol'] });
    const bob = await join(b, 'bob', { friends: ['alice'] });
    const carol = await join(b, 'carol', { friends: ['alice'] });
    await untilQuiet([a, b]);
    bob.socket.disconnect();
    expect(await alice.next('presence', ({ status }) => status === 'offline')).toMatchObject({
      user_id: 'bob',
    });
    carol.socket.emit('bye');
    carol.socket.disconnect();
    expect(await alice.next('presence', ({ status }) => status === 'offline')).toMatchObject({
      user_id: 'carol',
    });
  });

  test('becoming friends introduces and wakes both; ending it shows both offline, and a revoke still passes', async (context) => {
    const [a, b] = await twoNodes(kind, context);
    const alice = await join(a, 'alice', { friends: ['bob'] });
    const bob = await join(b, 'bob', { friends: [] });
    await untilQuiet([a, b]);
    expect([...alice.frames, ...bob.frames].filter(({ name }) => name === 'presence')).toEqual([]);
    bob.socket.emit('collab_friends', { friends: ['alice'], leaving: [] });
    expect(await alice.next('presence')).toMatchObject({ user_id: 'bob', status: 'online' });
    expect(await bob.next('presence')).toMatchObject({ user_id: 'alice', status: 'online' });
    await Promise.all([alice.next('wake'), bob.next('wake')]);

    alice.socket.emit('collab_friends', { friends: [], leaving: ['bob'] });
    expect(await alice.next('presence')).toMatchObject({ user_id: 'bob', status: 'offline' });
    expect(await bob.next('presence')).toMatchObject({ user_id: 'alice', status: 'offline' });
    await alice.submit(anEvent({ id: 'update' }));
    await alice.receipt('update', 'bob', 'unavailable');
    await alice.submit(
      anEvent({ id: 'revoke', type: 'share_revoked', data: { position_id: 'p1', share_id: 's1' } }),
    );
    expect(await bob.next('collab_event')).toMatchObject({ id: 'revoke' });
    await alice.receipt('revoke', 'bob', 'routed');
    alice.socket.emit('collab_friends', { friends: [], leaving: [] });
    await untilQuiet([a, b]);
    expect(bob.named('collab_event')).toHaveLength(1);
  });

  test('online are mutual friends of all nodes, whichever node is asked', async (context) => {
    const [a, b] = await twoNodes(kind, context);
    await join(a, 'alice', { friends: ['bob', 'carol', 'mallory'] });
    await join(a, 'carol', { friends: ['alice'] });
    await join(b, 'bob', { friends: ['alice'], display_name: 'Bob B.' });
    await join(b, 'mallory', { friends: [] });
    await untilQuiet([a, b]);
    const headers = { authorization: `Bearer ${await tokenFor('alice')}` };
    for (const node of [a, b]) {
      const online: unknown = await (await fetch(`${node.url}/api/users/online`, { headers })).json();
      expect(online).toHaveLength(2);
      expect(online).toContainEqual(
        expect.objectContaining({ user_id: 'bob', display_name: 'Bob B.', status: 'online' }),
      );
      expect(online).toContainEqual(expect.objectContaining({ user_id: 'carol' }));
    }
  });

  test('a pair has one limit over nodes, and only friends ever meet it', async (context) => {
    const limits = { per_pair: { rate: 1, burst: 2 } };
    const [a, b] = await twoNodes(kind, context, { limits });
    const alice = await join(a, 'alice', { friends: ['bob', 'mallory'] });
    await join(b, 'bob', { friends: ['alice'] });
    await join(b, 'mallory', { friends: [] });
    await untilQuiet([a, b]);
    for (const id of ['1', '2', '3']) await alice.submit(anEvent({ id, to_users: ['bob', 'mallory'] }));
    expect(await alice.receipt('3', 'bob', 'limited')).toMatchObject({ retry_after_ms: expect.any(Number) });
    expect(await alice.receipt('3', 'mallory', 'unavailable', 'limited')).toMatchObject({
      stage: 'unavailable',
    });
  });

  test('a question about a backend that cannot be dialled passes between nodes, for friends only', async (context) => {
    const [a, b] = await twoNodes(kind, context);
    const alice = await join(a, 'alice', { friends: ['bob', 'mallory'] });
    const bob = await join(b, 'bob', { friends: ['alice'] });
    const mallory = await join(b, 'mallory', { friends: [] });
    await untilQuiet([a, b]);
    const question = { id: 'q1', path: '/api/v1/positions/ideas/berlin', token: 'a.peer.token' };
    alice.socket.emit('collab_fetch', { ...question, to: 'bob' });
    expect(await bob.next('collab_fetch')).toEqual({ ...question, from: 'alice' });
    bob.socket.emit('collab_fetch_result', { id: 'q1', to: 'alice', status: 200, body: { symbol: 'DAX' } });
    const answer = { id: 'q1', from: 'bob', status: 200, body: { symbol: 'DAX' } };
    expect(await alice.next('collab_fetch_result')).toEqual(answer);

    mallory.socket.emit('collab_fetch_result', { id: 'q1', to: 'alice', status: 200, body: {} });
    for (const to of ['mallory', 'nobody']) {
      alice.socket.emit('collab_fetch', { ...question, id: `to-${to}`, to });
      const refused = { id: `to-${to}`, from: to, code: 'unavailable' };
      expect(await alice.next('collab_fetch_result')).toEqual(refused);
    }
    await untilQuiet([a, b]);
    expect(alice.named('collab_fetch_result')).toHaveLength(3);
    expect(mallory.named('collab_fetch')).toEqual([]);
  });

  test('without the bus local friends are served, others unavailable, and its return wakes them', async (context) => {
    const bus = await startBus(kind, context);
    const [a, b] = pair(await startNodes(bus, 2, { grace_ms: 200 }));
    const alice = await join(a, 'alice', { friends: ['bob', 'carol'] });
    const bob = await join(b, 'bob', { friends: ['alice'] });
    await join(a, 'carol', { friends: ['alice'] });
    await untilQuiet([a, b]);
    await bus.fail();
    await Promise.all([untilNotReady(a), untilNotReady(b)]);
    await alice.submit(anEvent({ id: 'down', to_users: ['bob', 'carol'] }));
    await alice.receipt('down', 'carol', 'routed');
    await alice.receipt('down', 'bob', 'unavailable');
    expect(a.told).toContainEqual(expect.objectContaining({ to: 'bob', verdict: 'bus_down' }));
    // Somebody who comes meanwhile is let in all the same.
    const dora = await join(b, 'dora', { friends: ['alice'] });
    alice.socket.emit('collab_friends', { friends: ['bob', 'carol', 'dora'], leaving: [] });

    const woken = alice.named('wake').length;
    await bus.recover();
    await Promise.all([untilReady(a), untilReady(b)]);
    await until('alice is woken for bob', () =>
      alice
        .named('wake')
        .slice(woken)
        .some(({ user_id }) => user_id === 'bob'),
    );
    expect(await dora.next('presence')).toMatchObject({ user_id: 'alice', status: 'online' });
    await alice.submit(anEvent({ id: 'again', to_users: ['bob', 'dora'] }));
    expect(await bob.next('collab_event')).toMatchObject({ id: 'again' });
    expect(await dora.next('collab_event')).toMatchObject({ id: 'again' });
    expect(alice.named('presence').filter(({ status }) => status === 'offline')).toEqual([]);
  });

  test('friends on a node that is gone are noticed by the look at them, and have the grace', async (context) => {
    const [a, b] = await twoNodes(kind, context, { bus_verify_ms: 100, grace_ms: 100 });
    const alice = await join(a, 'alice', { friends: ['bob'] });
    await join(b, 'bob', { friends: ['alice'] }, { reconnection: false });
    await alice.next('presence');
    await b[Symbol.asyncDispose]();
    expect(await alice.next('presence')).toMatchObject({ user_id: 'bob', status: 'offline' });
  });

  test('who does not read fast enough on another node is woken for when it has caught up', async (context) => {
    const limits = { buffer_soft_bytes: 1024, buffer_bytes: 64 * 1024 * 1024 };
    const [a, b] = await twoNodes(kind, context, { limits });
    const alice = await join(a, 'alice', { friends: ['bob'] });
    await join(b, 'bob', { friends: ['alice'] });
    await untilQuiet([a, b]);
    const big = { position_id: 'p1', updates: { notes: 'x'.repeat(12_000) } };
    // All of them in one turn of bob's node: the first ones fill what the last ones find full.
    const ids = Array.from({ length: 20 }, (_, n) => `e${n}`);
    await Promise.all(ids.map((id) => alice.submit(anEvent({ id, data: big }))));
    const woken = alice.named('wake').length;
    await until('some were slow', () => alice.receipts().some(({ stage }) => stage === 'unavailable'));
    await until('alice is woken', () => alice.named('wake').length > woken || woken > 1);
    expect(b.told).toContainEqual(expect.objectContaining({ to: 'bob', verdict: 'slow' }));
  });
});

const pair = <T>(items: readonly T[]): [T, T] => {
  const [first, second] = items;
  if (first === undefined || second === undefined) throw new Error('two are needed');
  return [first, second];
};

type Context = Parameters<typeof startBus>[1];

async function twoNodes(
  kind: (typeof buses)[number],
  context: Context,
  settings: Parameters<typeof startNodes>[2] = {},
) {
  return pair(await startNodes(await startBus(kind, context), 2, settings));
}

/** Rejects with "nothing" where nothing came: for what must not come. */
function within<T>(ms: number, coming: Promise<T>): Promise<T> {
  const nothing = Promise.withResolvers<never>();
  const timer = setTimeout(() => nothing.reject(new Error('nothing')), ms);
  return Promise.race([coming, nothing.promise]).finally(() => clearTimeout(timer));
}
