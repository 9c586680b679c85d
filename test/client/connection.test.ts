import { expect, test } from 'vitest';
import { startPuppetRelay } from './puppet-relay.ts';
import { startRelay } from './relay-rig.ts';
import { alice, anEvent, aPeerKey, bob, openUser } from './rig.ts';

const terminal = (code: string, close_code: number) => ({
  code,
  message: code,
  retryable: false,
  close_code,
});

const aRevoke = {
  id: 'e1',
  type: 'share_revoked',
  from_user: bob,
  to_users: [alice],
  data: { position_id: 'p' },
  sent_at: '2026-01-01T00:00:00Z',
};

test('the handshake says who connects, with token and friends of the moment', async () => {
  const relay = await startPuppetRelay();
  const tokens = ['first', 'second'];
  const a = await openUser(relay.url, alice, { with: [bob], token: async () => tokens.shift() });
  const first = await relay.connection();
  expect(first.auth).toEqual({
    token: 'first',
    user_id: alice,
    backend_url: 'http://127.0.0.1:8000/alice',
    display_name: 'alice',
    peer_key: aPeerKey,
    acks: true,
    friends: [bob],
    leaving: [],
    instance: expect.any(String),
    attempt: 1,
  });
  first.greet();
  await a.client.ready;
  expect(a.client.connected).toBe(true);

  first.socket.conn.close();
  const second = await relay.connection();
  expect(second.auth).toEqual({ ...first.auth, token: 'second', attempt: 2 });
  await a.until(() => !a.client.connected);
});

test('friends who change while the handshake is under way are declared before anything else is said', async () => {
  const relay = await startPuppetRelay();
  const friends = [bob];
  const a = await openUser(relay.url, alice, { with: friends });
  const connection = await relay.connection();
  expect(connection.auth).toMatchObject({ friends: [bob] });
  friends.pop();
  a.client.friendsChanged();
  a.send();
  connection.greet();
  expect((await connection.next('collab_friends')).payload).toEqual({ friends: [], leaving: [] });
  await connection.next('collab_event');
  expect(connection.frames.map(({ name }) => name)).toEqual(['collab_friends', 'collab_event']);
});

test.each([
  ['bad_token', 4401],
  ['forbidden', 4403],
  ['replaced', 4409],
  ['protocol', 4400],
])('after %s nobody comes back', async (code, closeCode) => {
  const relay = await startPuppetRelay();
  relay.refuseWith(terminal(code, closeCode));
  const a = await openUser(relay.url, alice);
  await expect(a.client.ready).rejects.toMatchObject({ code: `collab-${code.replace('_', '-')}` });
  expect(a.told).toContainEqual(expect.objectContaining({ type: 'note', level: 'warn' }));
  expect(relay.dialled).toBe(1);
});

test('a terminal word on a living connection ends it for good', async () => {
  const relay = await startPuppetRelay();
  const a = await openUser(relay.url, alice);
  const connection = await relay.connection();
  connection.greet();
  await a.client.ready;
  connection.socket.emit('collab_error', terminal('replaced', 4409));
  connection.socket.disconnect(true);
  await a.until(() => !a.client.connected);
  expect(a.told).toContainEqual(expect.objectContaining({ code: 'collab-replaced' }));
  expect(a.client.census().links).toEqual([]);
});

test('a complaint about a frame ends nothing', async () => {
  const relay = await startPuppetRelay();
  const a = await openUser(relay.url, alice);
  const first = await relay.connection();
  first.greet();
  first.socket.emit('collab_error', { code: 'protocol', message: 'what was that?', retryable: false });
  await a.until(() => a.told.some((one) => one.type === 'note' && one.code === 'protocol'));
  first.socket.conn.close();
  (await relay.connection()).greet();
  await a.until(() => a.client.connected);
});

test.each(['token_expired', 'full', 'slow_consumer', 'draining'])(
  'after %s it comes back, with a token read anew',
  async (code) => {
    const relay = await startPuppetRelay();
    const tokens = ['old', 'new'];
    const a = await openUser(relay.url, alice, { token: async () => tokens.shift() });
    const first = await relay.connection();
    first.socket.emit('server_draining', { reconnect_in_ms: 5 });
    first.socket.emit('collab_error', { code, message: code, retryable: true, close_code: 4000 });
    first.socket.conn.close();
    const second = await relay.connection();
    expect(second.auth.token).toBe('new');
    second.greet();
    await a.client.ready;
  },
);

test('a connection that dies at once again and again waits longer each time', async () => {
  const relay = await startPuppetRelay();
  const a = await openUser(relay.url, alice, { timing: { reconnectMinMs: 20, reconnectMaxMs: 60_000 } });
  const started = performance.now();
  for (let round = 0; round < 6; round += 1) {
    const connection = await relay.connection();
    connection.greet();
    connection.socket.conn.close();
  }
  // Ceilings of 20, 40, 80, 160, 320 ms: six connections without waiting would take a few.
  expect(performance.now() - started).toBeGreaterThan(20);
  expect(a.client.connected).toBe(false);
});

test('frames that are not of the protocol are noted and dropped', async () => {
  const relay = await startPuppetRelay();
  const a = await openUser(relay.url, alice);
  const { socket, greet } = await relay.connection();
  greet();
  await a.client.ready;
  for (const name of ['presence', 'wake', 'collab_event', 'collab_receipt', 'collab_error']) {
    socket.emit(name, { no: 'such frame' });
    socket.emit(name);
    socket.emit(name, [null, 'x']);
  }
  const notes = () => a.told.filter((one) => one.type === 'note' && one.code === 'bad_frame');
  await a.until(() => notes().length === 15);
  expect(a.client.connected).toBe(true);
  expect(a.client.census().links).toMatchObject([{ received: 16, sent: 0 }]);
});

test('an event that cannot be read is refused in its turn, and the stream goes on', async () => {
  const relay = await startPuppetRelay();
  const a = await openUser(relay.url, alice);
  const connection = await relay.connection();
  connection.greet();
  const event = { from_user: bob, to_users: [alice], sent_at: '2026-01-01T00:00:00Z', epoch: 'E', base: 1 };
  connection.socket.emit('collab_event', { ...event, id: 'e1', seq: 1, type: 'from_the_future', data: {} });
  connection.socket.emit('collab_event', {
    ...event,
    id: 'e2',
    seq: 2,
    type: 'share_revoked',
    data: { position_id: 'p' },
  });
  const { payload } = await connection.next('collab_ack');
  expect(payload).toEqual({
    from: bob,
    epoch: 'E',
    upto: 2,
    results: [
      { id: 'e1', status: 'refused', code: 'unreadable' },
      { id: 'e2', status: 'delivered' },
    ],
  });
  expect(a.applied()).toEqual(['e2']);
});

test('a token is refreshed before its end', async () => {
  const relay = await startPuppetRelay();
  const tokens = ['old', 'old', 'new'];
  await openUser(relay.url, alice, { token: async () => tokens.shift() });
  const connection = await relay.connection();
  connection.greet({ token_expires_at: new Date(Date.now() + 500).toISOString() });
  const { payload } = await connection.next('auth_refresh');
  expect(payload).toEqual({ token: 'new' });
});

test('a warning of the relay has a new token looked for at once, and a note is no part of it', async () => {
  const relay = await startPuppetRelay();
  const tokens = ['old', 'new'];
  const a = await openUser(relay.url, alice, { token: async () => tokens.shift() });
  const connection = await relay.connection();
  connection.greet({ token_expires_at: new Date(Date.now() + 3_600_000).toISOString() });
  connection.socket.emit('collab_error', { code: 'token_expiring', message: 'soon', retryable: true });
  const { payload, reply } = await connection.next('auth_refresh');
  expect(payload).toEqual({ token: 'new' });
  reply({ ok: true, expires_at: new Date(Date.now() + 7_200_000).toISOString() });
  expect(a.told.filter(({ type }) => type === 'note')).toEqual([]);
});

test('http and ws addresses are the same relay, and its plain path is not a namespace', async () => {
  const relay = await startRelay();
  const a = await openUser(relay.url.replace('http:', 'ws:'), alice);
  const b = await openUser(`${relay.url}/ws/bob`, bob);
  await Promise.all([a.client.ready, b.client.ready]);
});

test('both ends count the same frames', async () => {
  const relay = await startRelay();
  const a = await openUser(relay.url, alice);
  const b = await openUser(relay.url, bob);
  await Promise.all([a.client.ready, b.client.ready]);
  a.client.friendsChanged();
  const ids = [a.send(), b.send(anEvent({ to: [alice] })), a.send()];
  await a.client.emitRaw({ type: 'share_revoked', to_users: [bob], data: { position_id: 'p' } });
  await b.until(() => b.committed.length === 3);
  await a.until(() => a.client.outbox({ limit: 1 }).pending === 0 && ids[0] !== undefined);
  await b.until(() => b.client.outbox({ limit: 1 }).pending === 0);
  const links = () => [a, b].flatMap(({ client }) => client.census().links);
  const mirrored = () =>
    relay.census().links.map((link) => ({ ...link, sent: link.received, received: link.sent }));
  await expect.poll(() => mirrored(), { interval: 5 }).toEqual(expect.arrayContaining(links()));
  for (const { client } of [a, b]) {
    expect(client.census()).toMatchObject({
      runnable: { replies: 0, in_flight: 0, unsent: 0, limited: 0, acks: 0 },
      parked: { absent: 0, offline: 0 },
    });
  }
});

test('a raw event without a connection is refused', async () => {
  const a = await openUser('http://127.0.0.1:9', alice);
  await expect(a.client.emitRaw({})).rejects.toMatchObject({ code: 'collab-not-connected' });
  const ready = expect(a.client.ready).rejects.toMatchObject({ code: 'collab-closed' });
  await a.stop();
  await ready;
});

test('what was committed is acknowledged before a friendship may end, after which nobody would hear of it', async () => {
  const relay = await startPuppetRelay();
  const a = await openUser(relay.url, alice, { timing: { ackDelayMs: 60_000 } });
  const connection = await relay.connection();
  connection.greet();
  connection.socket.emit('collab_event', aRevoke);
  await a.until(() => a.committed.length === 1);
  a.client.friendsChanged();
  await connection.next('collab_friends');
  expect(connection.frames.map(({ name }) => name)).toEqual(['collab_ack', 'collab_friends']);
});

test('leaving says bye after the acknowledgements, and waits for no peer that is stuck', async () => {
  const relay = await startPuppetRelay();
  const a = await openUser(relay.url, alice, { timing: { ackDelayMs: 60_000 } });
  const connection = await relay.connection();
  connection.greet();
  connection.socket.emit('collab_event', aRevoke);
  await a.until(() => a.committed.length === 1);
  expect(a.client.census().runnable.acks).toBe(1);
  await a.stop();
  await connection.next('bye');
  expect(connection.frames.map(({ name }) => name)).toEqual(['collab_ack', 'bye']);
});
