import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import { openRelay } from '../../src/relay/relay.ts';
import { greet, rawClient } from './raw-client.ts';
import { anEvent, dial, friends, join, startInsecureRelay, startRelay, tokenFor } from './rig.ts';

test('a user is greeted with its connection, the run and the end of its token', async () => {
  const relay = await startRelay({ run_id: 'run-1' });
  const alice = dial(relay, { auth: { token: await tokenFor('alice') } });
  expect(await alice.next('ready')).toEqual({
    user_id: 'alice',
    conn_id: expect.any(String),
    run_id: 'run-1',
    server_time: expect.any(String),
    token_expires_at: expect.any(String),
  });
});

test('the token may come in the query or in a header as well', async () => {
  const relay = await startRelay();
  const token = await tokenFor('alice');
  const query = dial(relay, { query: { user_id: 'alice', token } });
  await query.next('ready');
  const header = dial(relay, { extraHeaders: { authorization: `Bearer ${token}` } });
  await header.next('ready');
});

test.each([
  ['no token', async () => ({ user_id: 'alice' }), 'bad_token'],
  ['nonsense for a token', async () => ({ token: 'jwt_token' }), 'bad_token'],
  ['a token without a signature', async () => ({ token: unsigned('alice') }), 'bad_token'],
  ["a backend's token", async () => ({ token: await tokenFor('alice', { audience: 'x' }) }), 'bad_token'],
  ["somebody else's token", async () => ({ token: await tokenFor('alice'), user_id: 'bob' }), 'forbidden'],
  ['a handshake of the wrong form', async () => ({ user_id: 'no spaces' }), 'protocol'],
])('with %s a stock client is refused for good', async (_what, auth, code) => {
  const relay = await startRelay();
  const client = dial(relay, { auth: await auth() });
  expect(await client.next('connect_error')).toMatchObject({ data: { code, retryable: false } });
  expect(client.socket.active).toBe(false);
  expect(client.named('connect')).toEqual([]);
});

const unsigned = (sub: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub, aud: 'collab-relay', exp: 9_999_999_999 })}.`;
};

test('with an expired token a stock client is told, and comes back with a new one', async () => {
  const relay = await startRelay();
  const tokens = [await tokenFor('alice', { expiresInS: -60 }), await tokenFor('alice')];
  const alice = dial(relay, { auth: (give) => give({ token: tokens.shift() }) });
  expect(await alice.next('collab_error')).toMatchObject({ code: 'token_expired', retryable: true });
  await alice.next('ready');
});

test('a token that expires ends the connection, unless it was refreshed', async () => {
  const relay = await startRelay();
  const short = (user: string) => tokenFor(user, { expiresInS: 1 });
  const alice = await join(relay, 'alice', { friends: ['bob'], token: await short('alice') });
  const tokens = [await short('bob'), await tokenFor('bob')];
  const bob = dial(relay, { auth: (give) => give({ token: tokens.shift() }) });
  await bob.next('ready');

  const refresh = async (user: string) =>
    alice.socket.emitWithAck('auth_refresh', { token: await tokenFor(user) });
  expect(await refresh('mallory')).toEqual({ ok: false, code: 'forbidden' });
  expect(await alice.socket.emitWithAck('auth_refresh', { token: 'x' })).toEqual({
    ok: false,
    code: 'bad_token',
  });
  expect(await refresh('alice')).toEqual({ ok: true, expires_at: expect.any(String) });

  expect(await bob.next('collab_error')).toMatchObject({ code: 'token_expiring', retryable: true });
  expect(await bob.next('collab_error')).toMatchObject({ code: 'token_expired', close_code: 4498 });
  await bob.next('ready');
  expect(await alice.submit(anEvent())).toMatchObject({ status: 'accepted' });
  expect(alice.named('disconnect')).toEqual([]);
});

test('the same user twice: the newest wins, and the two do not fight', async () => {
  const relay = await startRelay();
  const { alice, bob } = await friends(relay);
  const newer = await join(relay, 'bob', { friends: ['alice'] });
  expect(await bob.next('collab_error')).toMatchObject({ code: 'replaced', retryable: false });
  expect(await bob.next('disconnect')).toEqual({ reason: 'io server disconnect' });
  expect(bob.socket.active).toBe(false);

  await alice.submit(anEvent());
  await newer.next('collab_event');
  expect(bob.named('collab_event')).toEqual([]);
  expect(alice.named('presence').map(({ status }) => status)).toEqual(['online']);
  expect(
    relay
      .census()
      .links.map(({ user }) => user)
      .sort(),
  ).toEqual(['alice', 'bob']);
});

test('of one running copy a late older connection does not replace the newer one', async () => {
  const relay = await startRelay();
  const current = await join(relay, 'bob', { instance: 'copy-1', attempt: 2 });
  const late = dial(relay, { auth: { token: await tokenFor('bob'), instance: 'copy-1', attempt: 1 } });
  expect(await late.next('collab_error')).toMatchObject({ code: 'replaced' });
  expect(late.named('ready')).toEqual([]);
  expect(current.socket.connected).toBe(true);
  await join(relay, 'bob', { instance: 'copy-1', attempt: 3 });
  await current.next('disconnect');
});

test('a full relay sends away for now, and lets in when there is room', async () => {
  const relay = await startRelay({ limits: { connections: 1 } });
  const alice = await join(relay, 'alice');
  const bob = dial(relay, { auth: { token: await tokenFor('bob') } });
  expect(await bob.next('collab_error')).toMatchObject({ code: 'full', retryable: true });
  alice.socket.disconnect();
  await bob.next('ready');
});

test('a frame over the size limit ends the connection for now only', async () => {
  const relay = await startRelay();
  const alice = await join(relay, 'alice');
  alice.socket.emit('collab_event', anEvent({ data: { notes: 'x'.repeat(70_000) } }));
  await alice.next('disconnect');
  await alice.next('ready');
});

test('a page has no business here: any Origin is refused', async () => {
  const relay = await startInsecureRelay();
  for (const transports of [['websocket'], ['polling']]) {
    const page = dial(relay, {
      auth: { user_id: 'alice' },
      transports,
      reconnection: false,
      extraHeaders: { origin: 'http://evil.example' },
    });
    await page.next('connect_error');
    expect(page.named('connect')).toEqual([]);
  }
});

test('who connects and does not say who it is gets closed', async () => {
  const relay = await startRelay({ limits: { hello_timeout_ms: 60 } });
  const socket = await rawClient(relay);
  await once(socket, 'close');
});

test.each(['nonsense', '42["collab_event"]', '4', '451-["collab_event",{"_placeholder":true}]', '2'])(
  'the frame %j before any greeting harms nobody',
  async (frame) => {
    const relay = await startRelay({ limits: { hello_timeout_ms: 200 } });
    const { alice, bob } = await friends(relay);
    const socket = await rawClient(relay);
    socket.send(frame);
    await once(socket, 'close');
    await alice.submit(anEvent());
    await bob.next('collab_event');
  },
);

test('a recipient that does not read is slow, which only its sender notices, and wakes it when it has caught up', async () => {
  const relay = await startRelay({ limits: { buffer_soft_bytes: 64 * 1024, buffer_bytes: 1024 * 1024 } });
  const alice = await join(relay, 'alice', { friends: ['bob', 'carol'] });
  const carol = await join(relay, 'carol', { friends: ['alice'] });
  const bob = await rawClient(relay);
  await greet(bob, { token: await tokenFor('bob'), friends: ['alice'] });
  bob.pause();

  const big = { position_id: 'p', updates: { notes: 'x'.repeat(15_000) } };
  let sent = 0;
  const verdict = () =>
    relay.told.findLast((told) => told.type === 'step' && told.step === 'looked_up' && told.to === 'bob');
  while (sent === 0 || JSON.stringify(verdict()).includes('"deliver"')) {
    sent += 1;
    await alice.submit(anEvent({ id: `e${sent}`, data: big }));
    expect(sent).toBeLessThan(900);
  }
  expect(verdict()).toMatchObject({ verdict: 'slow' });
  expect(await alice.receipt(`e${sent}`, 'bob', 'unavailable')).not.toHaveProperty('code');
  await alice.submit(anEvent({ id: 'to-carol', to_users: ['carol'] }));
  await carol.next('collab_event');

  const woken = alice.named('wake').length;
  bob.resume();
  await alice.next('wake', ({ user_id }) => user_id === 'bob' && alice.named('wake').length > woken);
});

test('a token is warned about as long before its end as is set, and each once', async () => {
  const relay = await startRelay({ token_warning_ms: 59_500 });
  const alice = await join(relay, 'alice', { token: await tokenFor('alice', { expiresInS: 61 }) });
  expect(alice.named('collab_error')).toEqual([]);
  await alice.next('collab_error', ({ code }) => code === 'token_expiring');
  const later = await tokenFor('alice', { expiresInS: 62 });
  expect(await alice.socket.emitWithAck('auth_refresh', { token: later })).toMatchObject({ ok: true });
  await alice.next('collab_error', ({ code }) => code === 'token_expiring');
  expect(alice.named('collab_error')).toHaveLength(2);
});

test('past the hard limit a recipient that does not read is cut off', async () => {
  const relay = await startRelay({ limits: { buffer_soft_bytes: 1_000_000, buffer_bytes: 64 * 1024 } });
  const alice = await join(relay, 'alice', { friends: ['bob'] });
  const bob = await rawClient(relay);
  await greet(bob, { token: await tokenFor('bob'), friends: ['alice'] });
  bob.pause();
  const big = { position_id: 'p', updates: { notes: 'x'.repeat(15_000) } };
  const gone = () => !relay.census().links.some(({ user }) => user === 'bob');
  for (let sent = 0; !gone(); sent += 1) {
    await alice.submit(anEvent({ id: `e${sent}`, data: big }));
    expect(sent).toBeLessThan(900);
  }
  expect(relay.told).toContainEqual(
    expect.objectContaining({
      type: 'connection',
      user: 'bob',
      state: 'disconnected',
      code: 'slow_consumer',
    }),
  );
});

test('a relay that closes says so, and its clients would come back', async () => {
  const relay = await openRelay(relayConfig.parse({ port: 0, trust: { insecure: true } }));
  const alice = await join(relay, 'alice', { token: undefined });
  await relay[Symbol.asyncDispose]();
  expect(await alice.next('server_draining')).toEqual({ reconnect_in_ms: expect.any(Number) });
  expect(await alice.next('collab_error')).toMatchObject({ code: 'draining', retryable: true });
  await alice.next('disconnect');
  expect(alice.socket.active).toBe(true);
});

test('a relay closes in time although a client has stopped', async () => {
  const relay = await openRelay(relayConfig.parse({ port: 0, trust: { insecure: true } }));
  const socket = await rawClient(relay);
  await greet(socket, { user_id: 'alice' });
  socket.pause();
  const started = performance.now();
  await relay[Symbol.asyncDispose]();
  // The socket library alone would wait for 30 s.
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('a relay that would believe nobody, or anybody from the network, does not open', async () => {
  const open = (config: object) => openRelay(relayConfig.parse({ port: 0, ...config }));
  await expect(open({ trust: {} })).rejects.toMatchObject({ code: 'nobody-trusted', exit: 2 });
  await expect(open({ trust: { insecure: true }, host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'insecure-beyond-loopback',
    exit: 2,
  });
});

test('a taken port is named, and nothing is left behind', async () => {
  const other = createServer();
  const { port } = await listen(other, { host: '127.0.0.1', port: 0, what: 'The test' });
  const opening = openRelay(relayConfig.parse({ port, trust: { insecure: true } }));
  await expect(opening).rejects.toMatchObject({ code: 'port-taken' });
  other.close();
});
