import { once } from 'node:events';
import { createServer } from 'node:http';
import { SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { listen } from '../../src/http/listen.ts';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import { openRelay } from '../../src/relay/relay.ts';
import { greet, rawClient } from './raw-client.ts';
import { anEvent, dial, friends, secret, startInsecureRelay, startRelay, tokenFor } from './rig.ts';

test('the token may come in the query or in a header as well', async () => {
  const relay = await startRelay();
  const token = await tokenFor('alice');
  const query = dial(relay, { query: { user_id: 'alice', token } });
  await query.next('ready');
  const header = dial(relay, { extraHeaders: { authorization: `Bearer ${token}` } });
  await header.next('ready');
});

test('a stock client that is refused for good gets the reason with its connect error, and stays away', async () => {
  const relay = await startRelay();
  const client = dial(relay, { auth: { token: 'jwt_token' } });
  expect(await client.next('connect_error')).toMatchObject({ data: { code: 'bad_token', retryable: false } });
  expect(client.socket.active).toBe(false);
  expect(client.named('connect')).toEqual([]);
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
  const relay = await startRelay({ limits: { hello_timeout_ms: 500 } });
  const socket = await rawClient(relay);
  await once(socket, 'close');
});

test.each(['nonsense', '42["collab_event"]', '4', '451-["collab_event",{"_placeholder":true}]', '2'])(
  'the frame %j before any greeting harms nobody',
  async (frame) => {
    const relay = await startRelay({ limits: { hello_timeout_ms: 1000 } });
    const { alice, bob } = await friends(relay);
    const socket = await rawClient(relay);
    socket.send(frame);
    await once(socket, 'close');
    await alice.submit(anEvent());
    await bob.next('collab_event');
  },
);

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

test.each([9_999_999_999_999, 1e300])(
  'a token that ends in second %d lets its user in, and harms nobody',
  async (exp) => {
    const relay = await startRelay();
    const token = await new SignJWT({ exp })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('alice')
      .setAudience('collab-relay')
      .sign(new TextEncoder().encode(secret));
    const alice = dial(relay, { auth: { token } });
    expect(await alice.next('ready')).toMatchObject({ user_id: 'alice' });
    const plain = new WebSocket(`${relay.url.replace('http', 'ws')}/ws/alice?token=${token}`);
    onTestFinished(() => plain.terminate());
    await once(plain, 'message');
  },
);

test('one connection is of one user: who greets twice on it is cut, and harms nobody', async () => {
  const relay = await startInsecureRelay();
  const socket = await rawClient(relay);
  socket.send('40{"user_id":"mallory"}');
  socket.send('40{"user_id":"mallory"}');
  await once(socket, 'close');
  const again = await rawClient(relay);
  await greet(again, { user_id: 'mallory' });
  again.send('41');
  again.send('40{"user_id":"mallory"}');
  await once(again, 'close');
  await dial(relay, { auth: { user_id: 'alice' } }).next('ready');
});
