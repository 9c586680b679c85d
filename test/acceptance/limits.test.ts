import { expect, test } from 'vitest';
import { anEvent } from '../relay/rig.ts';
import { describeRelay } from './describe-relay.ts';

const hourly = { rate: 1 / 3600, burst: 2 };

describeRelay('limits', ({ face, startRelay, join, friends }) => {
  test('who sends too much on a connection is told so, and for how long it stays shut', async () => {
    const relay = await startRelay({ limits: { per_connection: hourly } });
    const { alice, bob } = await friends(relay);
    const replies = [];
    for (const id of ['e1', 'e2', 'e3']) replies.push(await alice.submit(anEvent({ id })));
    await relay.settled();
    expect(replies.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'limited']);
    expect(replies[2]).toEqual({
      id: 'e3',
      status: 'limited',
      scope: 'connection',
      retry_after_ms: expect.closeTo(3_600_000, -5),
    });
    expect(await bob.submit(anEvent({ from_user: 'bob', to_users: ['alice'] }))).toMatchObject({
      status: 'accepted',
    });
    // What was on its way to bob came before that reply.
    expect(bob.named('collab_event')).toHaveLength(2);
  });

  test('an event costs a token for each recipient', async () => {
    const relay = await startRelay({ limits: { per_connection: { rate: 1 / 3600, burst: 3 } } });
    const { alice } = await friends(relay);
    expect(await alice.submit(anEvent({ to_users: ['bob', 'carol'] }))).toMatchObject({ status: 'accepted' });
    expect(await alice.submit(anEvent({ to_users: ['bob', 'carol'] }))).toMatchObject({ status: 'limited' });
  });

  test('all users of one address share its budget, and coming back does not refill it', async () => {
    const relay = await startRelay({ limits: { per_address: hourly } });
    const alice = await join(relay, 'alice', { friends: ['bob'] });
    // On the same node, where there are several: each has a budget for an address.
    for (let other = 1; other < relay.nodes; other += 1) await join(relay, `other-${other}`);
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    await alice.submit(anEvent({ id: 'e1' }));
    await alice.submit(anEvent({ id: 'e2' }));
    expect(await bob.submit(anEvent({ from_user: 'bob', to_users: ['alice'] }))).toMatchObject({
      status: 'limited',
      scope: 'address',
    });
    const again = await join(relay, 'alice', { friends: ['bob'] });
    expect(await again.submit(anEvent({ id: 'e3' }))).toMatchObject({ status: 'limited', scope: 'address' });
  });

  test('a pair that is too busy is limited alone, as a receipt, also after a reconnect', async () => {
    const relay = await startRelay({ limits: { per_pair: hourly } });
    await join(relay, 'bob', { friends: ['alice'] });
    await join(relay, 'carol', { friends: ['alice'] });
    const alice = await join(relay, 'alice', { friends: ['bob', 'carol'] });
    await alice.submit(anEvent({ id: 'e1' }));
    await alice.submit(anEvent({ id: 'e2' }));
    const again = await join(relay, 'alice', { friends: ['bob', 'carol'] });
    await again.submit(anEvent({ id: 'e3', to_users: ['bob', 'carol'] }));
    expect(await again.receipt('e3', 'bob', 'limited')).toEqual({
      id: 'e3',
      to: 'bob',
      stage: 'limited',
      retry_after_ms: expect.any(Number),
    });
    await again.receipt('e3', 'carol', 'routed');
  });

  test('acknowledgements have a budget of their own; its end is said once', async () => {
    const relay = await startRelay({ limits: { per_connection_control: hourly } });
    const { alice, bob } = await friends(relay);
    for (const id of ['e1', 'e2', 'e3', 'e4']) {
      bob.acknowledge({ from: 'alice', results: [{ id, status: 'delivered' }] });
    }
    await bob.submit(anEvent({ from_user: 'bob', to_users: ['alice'] }));
    await alice.next('collab_event');
    await alice.receipt('e2', 'bob', 'delivered');
    expect(alice.receipts()).toHaveLength(2);
    expect(bob.named('collab_error')).toEqual([
      {
        code: 'limited',
        message: 'Too many control frames.',
        retryable: true,
        retry_after_ms: expect.any(Number),
      },
    ]);
  });

  test.each([
    ['events', (n: number) => anEvent({ id: `e${n}` })],
    ['junk', () => 'junk'],
  ])('who hammers a shut limit with %s is closed for a while', async (_what, make) => {
    const relay = await startRelay({ limits: { per_connection: hourly, hammering: 10 } });
    const { alice, bob } = await friends(relay);
    for (let n = 0; n < 13; n += 1) alice.post(make(n));
    expect(await alice.next('collab_error')).toMatchObject({
      code: 'abuse',
      retryable: true,
      close_code: 4429,
    });
    await alice.next('closed');
    await alice.next('ready');
    expect(bob.named('closed')).toEqual([]);
  });

  test('who sends a frame that is too big is told why it is closed, and what came before counts', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    alice.post(anEvent());
    alice.post(anEvent({ id: 'e2', data: { position_id: 'p1', updates: { notes: 'x'.repeat(70_000) } } }));
    expect(await alice.next('collab_error')).toMatchObject({
      code: 'too_big',
      retryable: true,
      close_code: 4413,
    });
    expect(await alice.next('closed')).toEqual({
      comesBack: true,
      ...(face.showsCodes && { code: 1009 }),
    });
    expect(await bob.next('collab_event')).toMatchObject({ id: 'e1' });
    expect(relay.told).toContainEqual(
      expect.objectContaining({ type: 'connection', state: 'disconnected', user: 'alice', code: 'too_big' }),
    );
    await alice.next('ready');
  });

  test('frames that are no acknowledgement and no list of friends are answered, not obeyed', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    bob.acknowledge({ from: 'alice', results: 'all' });
    bob.declareFriends(['mallory']);
    expect(await bob.next('collab_error')).toMatchObject({ code: 'bad_ack', retryable: false });
    expect(await bob.next('collab_error')).toMatchObject({ code: 'bad_friends', retryable: false });
    await alice.submit(anEvent());
    await bob.next('collab_event');
  });
});
