import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { dial, join, startInsecureRelay, startRelay, tokenFor } from './rig.ts';

const run = promisify(execFile);

/** The status and the body of what curl gets. */
async function curl(...parts: string[]): Promise<{ status: number; body: unknown }> {
  const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...parts]);
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end)), body: JSON.parse(stdout.slice(0, end)) };
}

const register = (url: string, body: object, ...parts: string[]) =>
  curl(
    '-X',
    'POST',
    `${url}/api/register`,
    '-H',
    'content-type: application/json',
    '-d',
    JSON.stringify(body),
    ...parts,
  );

const asInTheBrief = (auth_token: string) => ({
  user_id: 'alice',
  backend_url: 'http://localhost:8000',
  websocket_endpoint: 'ws://localhost:8000/ws/collab',
  auth_token,
});

test('a backend registers as in the brief, and learns where its socket is', async () => {
  const relay = await startRelay();
  expect(await register(relay.url, asInTheBrief(await tokenFor('alice')))).toEqual({
    status: 200,
    body: { success: true, collab_ws_url: `ws://127.0.0.1:${relay.port}/ws/alice` },
  });
  const named = await register(
    relay.url,
    asInTheBrief(await tokenFor('alice')),
    '-H',
    'host: collab-service:9000',
  );
  expect(named.body).toMatchObject({ collab_ws_url: 'ws://collab-service:9000/ws/alice' });
});

test('behind a public URL the answer is built from that', async () => {
  const relay = await startInsecureRelay({ public_url: 'https://collab.example.com/' });
  const { body } = await register(relay.url, asInTheBrief('jwt_token'));
  expect(body).toMatchObject({ collab_ws_url: 'wss://collab.example.com/ws/alice' });
});

test('behind a proxy, which brings TLS, the socket is where the proxy is', async () => {
  const relay = await startRelay({ behind_proxy: true });
  const host = ['-H', 'host: collab.example.com'];
  const { body } = await register(relay.url, asInTheBrief(await tokenFor('alice')), ...host);
  expect(body).toMatchObject({ collab_ws_url: 'wss://collab.example.com/ws/alice' });
  expect(await (await fetch(`${relay.url}/asyncapi.json`)).json()).toMatchObject({
    servers: { relay: { protocol: 'wss' } },
  });
});

test.each([
  ['nonsense for a token', async () => 'jwt_token', 401, 'bad_token'],
  ['an expired token', () => tokenFor('alice', { expiresInS: -60 }), 401, 'bad_token'],
  ["somebody else's token", () => tokenFor('mallory'), 403, 'forbidden'],
])('a registration with %s is refused', async (_what, token, status, code) => {
  const relay = await startRelay();
  const answer = await register(relay.url, asInTheBrief(await token()));
  expect(answer).toMatchObject({ status, body: { status, code } });
});

test('a registration fills what the handshake leaves out, but lets nobody in', async () => {
  const relay = await startRelay();
  const friends = ['bob'];
  await register(relay.url, { ...asInTheBrief(await tokenFor('alice')), display_name: 'Alice A.', friends });
  const intruder = dial(relay, { auth: { user_id: 'alice' } });
  expect(await intruder.next('connect_error')).toMatchObject({ data: { code: 'bad_token' } });
  await join(relay, 'alice');
  const bob = await join(relay, 'bob', { friends: ['alice'] });
  expect(await bob.next('presence')).toMatchObject({
    user_id: 'alice',
    display_name: 'Alice A.',
    backend_url: 'http://localhost:8000',
  });
});

test('online are mutual friends, in the shape of the brief; strangers stay unseen', async () => {
  const relay = await startRelay();
  await join(relay, 'alice', { friends: ['bob', 'onesided'], display_name: 'Alice A.' });
  await join(relay, 'bob', { friends: ['alice'] });
  await join(relay, 'onesided', { friends: [] });
  const online = async (user: string) =>
    curl(`${relay.url}/api/users/online`, '-H', `authorization: Bearer ${await tokenFor(user)}`);
  expect(await online('bob')).toEqual({
    status: 200,
    body: [{ user_id: 'alice', display_name: 'Alice A.', status: 'online', last_seen: expect.any(String) }],
  });
  expect((await online('onesided')).body).toEqual([]);
  expect((await online('nobody')).body).toEqual([]);
});

test('who is online needs a token, but for an insecure relay', async () => {
  const relay = await startRelay();
  expect(await curl(`${relay.url}/api/users/online`)).toMatchObject({
    status: 401,
    body: { code: 'no_token' },
  });
  const insecure = await startInsecureRelay();
  await join(insecure, 'alice', { token: undefined });
  expect(await curl(`${insecure.url}/api/users/online`)).toMatchObject({
    status: 200,
    body: [{ user_id: 'alice' }],
  });
});

test('health and readiness answer anybody, with the run', async () => {
  const relay = await startRelay({
    run_id: 'run-1',
    limits: { rest_per_address: { rate: 0.001, burst: 1 } },
  });
  for (let n = 0; n < 3; n += 1) {
    expect(await curl(`${relay.url}/healthz`)).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await curl(`${relay.url}/readyz`)).toEqual({
      status: 200,
      body: { status: 'ready', run_id: 'run-1' },
    });
  }
});

test('too many registrations from one address are put off', async () => {
  const relay = await startInsecureRelay({ limits: { rest_per_address: { rate: 0.001, burst: 1 } } });
  await register(relay.url, asInTheBrief('jwt_token'));
  expect(await register(relay.url, asInTheBrief('jwt_token'))).toMatchObject({
    status: 429,
    body: { code: 'limited', retry_after_ms: expect.any(Number) },
  });
});

test('a request that offers HTTP/2 beside is answered like any other', async () => {
  const relay = await startRelay();
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
  const status = await new Promise((resolve, reject) => {
    get(`${relay.url}/healthz`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
  expect(status).toBe(200);
});
