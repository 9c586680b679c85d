import { expect, test } from 'vitest';
import { deliveredEvent } from '../../src/protocol/events.ts';
import { anEvent, dial, friends, join, startInsecureRelay, startRelay } from './rig.ts';

const briefEvents = {
  position_shared: {
    position_id: 'xyz',
    share_url: 'http://backend-a:8000/api/v1/positions/ideas/xyz',
    shared_at: '2025-10-30T10:00:00Z',
  },
  comment_added: {
    position_id: 'xyz',
    comment: {
      id: 'c1',
      text: 'Great setup!',
      user: { id: 'user_b_id', display_name: 'Jane', avatar: 'a key of ours it is not' },
      created_at: '2025-10-30T10:05:00Z',
    },
  },
  position_updated: { position_id: 'xyz', updates: { tags: ['bullish', 'momentum'], notes: 'Updated' } },
  share_revoked: { position_id: 'xyz', reason: 'unknown keys pass' },
};

test.each(Object.entries(briefEvents))('%s reaches its recipient as it was sent', async (type, data) => {
  const relay = await startInsecureRelay();
  const alice = await join(relay, 'user_a_id');
  const bob = await join(relay, 'user_b_id');

  const reply = await alice.submit({ type, from_user: 'user_a_id', to_users: ['user_b_id'], data });
  expect(reply).toEqual({ id: expect.any(String), status: 'accepted' });

  const event = await bob.next('collab_event');
  expect(event).toEqual({
    id: reply.id,
    type,
    from_user: 'user_a_id',
    to_users: ['user_b_id'],
    data,
    sent_at: expect.any(String),
  });
  expect(deliveredEvent.safeParse(event).success).toBe(true);
});

test("the brief's two halves meet: identity in auth (its Python client) and in the query (its server)", async () => {
  const relay = await startInsecureRelay();
  const python = dial(relay, { auth: { user_id: 'user_a', backend_url: 'http://localhost:8000' } });
  const query = dial(relay, { query: { user_id: 'user_b', backend_url: 'http://localhost:8001' } });
  await Promise.all([python.next('ready'), query.next('ready')]);

  python.socket.emit('collab_event', {
    type: 'position_updated',
    from_user: 'user_a',
    to_users: ['user_b'],
    data: briefEvents.position_updated,
  });
  expect(await query.next('collab_event')).toMatchObject({ from_user: 'user_a' });
  expect(await query.next('presence')).toMatchObject({ backend_url: 'http://localhost:8000' });
});

test("the brief's other spellings arrive in the canonical one", async () => {
  const relay = await startInsecureRelay();
  const alice = await join(relay, 'alice');
  const bob = await join(relay, 'bob');
  await alice.submit({ type: 'share_revoked', to: ['bob'], data: { position_id: 'p' } });
  await alice.submit({ type: 'share_revoked', from: 'alice', to: 'bob', position_id: 'p', share_id: 's' });
  expect(await bob.next('collab_event')).toMatchObject({ to_users: ['bob'], data: { position_id: 'p' } });
  expect(await bob.next('collab_event')).toMatchObject({
    from_user: 'alice',
    data: { position_id: 'p', share_id: 's' },
  });
});

test('long polling works as well as WebSocket', async () => {
  const relay = await startInsecureRelay();
  const alice = await join(relay, 'alice', {}, { transports: ['polling'] });
  const bob = await join(relay, 'bob', {}, { transports: ['polling', 'websocket'] });
  await alice.submit(anEvent());
  expect(await bob.next('collab_event')).toMatchObject({ id: 'e1' });
});

test('each recipient sees itself and its own numbers only', async () => {
  const relay = await startRelay();
  const alice = await join(relay, 'alice', { friends: ['bob', 'carol'] });
  const bob = await join(relay, 'bob', { friends: ['alice'], acks: true });
  const carol = await join(relay, 'carol', { friends: ['alice'] });
  await alice.submit(
    anEvent({
      to_users: ['bob', 'carol', 'bob', 'alice'],
      epoch: 'ep',
      seq: { bob: 12, carol: 3 },
      base: { bob: 10 },
      cause: 'act-1',
      traceparent: 'any "text"',
      sent_at: '2025-10-30T10:00:00Z',
    }),
  );
  const common = {
    ...anEvent(),
    epoch: 'ep',
    cause: 'act-1',
    traceparent: 'any "text"',
    sent_at: '2025-10-30T10:00:00Z',
  };
  expect(await bob.next('collab_event')).toEqual({ ...common, seq: 12, base: 10 });
  expect(await carol.next('collab_event')).toEqual({ ...common, to_users: ['carol'], seq: 3 });
  expect(await alice.receipt('e1', 'bob', 'routed')).toEqual({ id: 'e1', to: 'bob', stage: 'routed' });
  expect(await alice.receipt('e1', 'carol', 'routed')).toEqual({
    id: 'e1',
    to: 'carol',
    stage: 'routed',
    final: true,
  });
  expect(bob.named('collab_event')).toHaveLength(1);
  expect(alice.named('collab_event')).toHaveLength(0);
});

test('what is no word does not reach a sender as the code of a refusal', async () => {
  const relay = await startRelay();
  const { alice, bob } = await friends(relay);
  await alice.submit(anEvent());
  const refusal = (code: string) => ({ from: 'alice', results: [{ id: 'e1', status: 'refused', code }] });
  bob.socket.emit('collab_ack', refusal('\u001b[2Jdelivered'));
  expect(await bob.next('collab_error')).toMatchObject({ code: 'bad_ack' });
  bob.socket.emit('collab_ack', refusal('no_access'));
  expect(await alice.receipt('e1', 'bob', 'refused')).toMatchObject({ code: 'no_access' });
});

test('a user may be called as something that every object has', async () => {
  const relay = await startRelay();
  const alice = await join(relay, 'alice', { friends: ['constructor'] });
  const odd = await join(relay, 'constructor', { friends: ['alice'] });
  await alice.submit(anEvent({ to_users: ['constructor'], epoch: 'ep', seq: {}, base: {} }));
  expect(await odd.next('collab_event')).toEqual({
    ...anEvent(),
    to_users: ['constructor'],
    epoch: 'ep',
    sent_at: expect.any(String),
  });
});

test('events of one sender arrive in the order in which they were sent', async () => {
  const relay = await startRelay();
  const { alice, bob } = await friends(relay);
  const ids = Array.from({ length: 200 }, (_, index) => `e${index}`);
  for (const id of ids) alice.socket.emit('collab_event', anEvent({ id }));
  await bob.next('collab_event', ({ id }) => id === 'e199');
  expect(bob.named('collab_event').map(({ id }) => id)).toEqual(ids);
});

test.each([
  ['somebody else in from_user', { from_user: 'mallory' }, 'spoofed'],
  ['nobody but oneself', { to_users: ['alice'] }, 'no_recipients'],
  ['no recipients at all', { to_users: [] }, 'bad_event'],
  ['an unknown type', { type: 'position_sold' }, 'bad_event'],
  ['data that is not of its type', { data: { position_id: 'p1' } }, 'bad_event'],
  ['101 recipients', { to_users: Array.from({ length: 101 }, (_, n) => `u${n}`) }, 'bad_event'],
  ['more than 16 KiB', { data: { position_id: 'p', updates: { notes: 'x'.repeat(17_000) } } }, 'too_big'],
  [
    'too deep',
    { data: { position_id: 'p', updates: JSON.parse('['.repeat(20) + ']'.repeat(20)) } },
    'bad_event',
  ],
  ['binary attachments', { data: { position_id: 'p', updates: { x: Buffer.from('x') } } }, 'bad_event'],
])('an event with %s is rejected', async (_what, overrides, code) => {
  const relay = await startRelay();
  const { alice, bob } = await friends(relay);
  expect(await alice.submit(anEvent(overrides))).toMatchObject({ id: 'e1', status: 'rejected', code });
  await alice.submit(anEvent({ id: 'e2' }));
  await bob.next('collab_event', ({ id }) => id === 'e2');
  expect(bob.named('collab_event')).toHaveLength(1);
});

test.each([[null], ['text'], [42], [[]], [{ toString: 1 }]])(
  '%j is not an event, and harms nobody',
  async (junk) => {
    const relay = await startRelay();
    const { alice } = await friends(relay);
    expect(await alice.submit(junk)).toMatchObject({ status: 'rejected', code: 'bad_event' });
    expect(await alice.submit(anEvent())).toMatchObject({ status: 'accepted' });
  },
);

test('an event that sets a prototype reaches nobody with one', async () => {
  const relay = await startRelay();
  const { alice, bob } = await friends(relay);
  const updates = JSON.parse('{"__proto__":{"admin":true},"notes":"x"}');
  await alice.submit(anEvent({ data: { position_id: 'p1', updates } }));
  const event = await bob.next('collab_event');
  expect(event).not.toHaveProperty('data.updates.admin');
});

test('stranger, unknown and offline look the same to the sender, and are told apart in the journal', async () => {
  const relay = await startRelay({ grace_ms: 0 });
  const to_users = ['stranger', 'onesided', 'offline', 'nobody'];
  const offline = await join(relay, 'offline', { friends: ['alice'] });
  offline.socket.emit('bye');
  offline.socket.disconnect();
  await join(relay, 'stranger', { friends: ['alice'] });
  await join(relay, 'onesided', { friends: [] });
  const alice = await join(relay, 'alice', { friends: ['onesided', 'offline', 'nobody'] });
  await alice.submit(anEvent({ to_users }));

  for (const to of to_users) {
    expect(await alice.receipt('e1', to, 'unavailable')).toEqual({ id: 'e1', to, stage: 'unavailable' });
  }
  expect(alice.named('collab_receipt')).toHaveLength(1);
  const verdicts = relay.told.flatMap((told) =>
    told.type === 'step' && told.step === 'looked_up' ? [[told.to, told.verdict]] : [],
  );
  expect(Object.fromEntries(verdicts)).toEqual({
    stranger: 'not_friends',
    onesided: 'not_friends',
    offline: 'offline',
    nobody: 'unknown',
  });
});

test('acknowledgements come back as receipts, by a path of friendship only', async () => {
  const relay = await startRelay();
  const alice = await join(relay, 'alice', { friends: ['bob'] });
  const bob = await join(relay, 'bob', { friends: ['alice'], acks: true });
  const mallory = await join(relay, 'mallory', { friends: ['alice'], acks: true });

  mallory.socket.emit('collab_ack', { from: 'alice', results: [{ id: 'e1', status: 'delivered' }] });
  await mallory.submit(anEvent({ from_user: 'mallory' }));
  bob.socket.emit('collab_ack', {
    from: 'alice',
    epoch: 'ep',
    upto: 3,
    results: [
      { id: 'e1', status: 'refused', code: 'no_access' },
      { id: 'e2', status: 'delivered' },
    ],
  });
  bob.socket.emit('collab_ack', {
    from: 'alice',
    epoch: 'ep',
    results: [{ id: 'e9', status: 'nacked', code: 'gap', want: 4 }],
  });
  expect(await alice.receipt('e1', 'bob', 'refused')).toEqual({
    id: 'e1',
    to: 'bob',
    stage: 'refused',
    code: 'no_access',
    epoch: 'ep',
  });
  expect(await alice.receipt('e2', 'bob', 'delivered')).toMatchObject({ epoch: 'ep', upto: 3 });
  expect(await alice.receipt('e9', 'bob', 'nacked')).toMatchObject({ code: 'gap', want: 4 });
  expect(alice.receipts()).toHaveLength(3);
});

test('to somebody who is left only a revoke passes, and its acknowledgement', async () => {
  const relay = await startRelay();
  const { alice, bob } = await friends(relay);
  alice.socket.emit('collab_friends', { friends: [], leaving: ['bob'] });
  expect((await alice.submit(anEvent())).status).toBe('accepted');
  await alice.submit(anEvent({ id: 'e2', type: 'share_revoked', data: { position_id: 'p1' } }));
  expect(await bob.next('collab_event')).toMatchObject({ id: 'e2', type: 'share_revoked' });
  expect(await alice.receipt('e1', 'bob', 'unavailable', 'routed')).toMatchObject({ stage: 'unavailable' });
  bob.socket.emit('collab_ack', { from: 'alice', results: [{ id: 'e2', status: 'delivered' }] });
  expect(await alice.receipt('e2', 'bob', 'delivered')).toBeTruthy();
});

test('the journal knows every step that the relay took', async () => {
  const relay = await startRelay();
  const alice = await join(relay, 'alice', { friends: ['bob'] });
  await join(relay, 'bob', { friends: ['alice'], backend_url: 'http://localhost:8001' });
  await alice.submit(anEvent({ cause: 'act-1' }));
  const about = { type: 'step', event: 'e1', kind: 'position_updated', from: 'alice', position: 'p1' };
  expect(relay.told.filter(({ type }) => type === 'step')).toEqual([
    { ...about, cause: 'act-1', step: 'accepted', recipients: ['bob'] },
    {
      ...about,
      cause: 'act-1',
      step: 'looked_up',
      to: 'bob',
      verdict: 'deliver',
      backend_url: 'http://localhost:8001',
    },
    { ...about, cause: 'act-1', step: 'routed', to: 'bob' },
  ]);
});

test('the census adds up on both sides when nothing is in flight', async () => {
  const relay = await startRelay();
  const { alice, bob } = await friends(relay);
  await alice.submit(anEvent());
  await bob.next('collab_event');
  bob.socket.emit('collab_ack', { from: 'alice', results: [{ id: 'e1', status: 'delivered' }] });
  await alice.receipt('e1', 'bob', 'delivered');
  const { links, runnable } = relay.census();
  const count = (user: string) => links.find((link) => link.user === user);
  const received = (frames: typeof alice.frames) =>
    frames.filter(({ name }) => !['connect', 'disconnect', 'connect_error'].includes(name)).length;
  expect(count('alice')).toMatchObject({ sent: received(alice.frames), received: 1 });
  expect(count('bob')).toMatchObject({ sent: received(bob.frames), received: 1 });
  expect(runnable).toEqual({ receipts: 0, wakes: 0, fetches: 0 });
});
