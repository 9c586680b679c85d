import { once } from 'node:events';
import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { plainToBackend } from '../../src/protocol/plain-socket.ts';
import type { Relay } from '../../src/relay/relay.ts';
import { anEvent, join, startInsecureRelay, startRelay, tokenFor } from './rig.ts';

/** A WebSocket with every frame that came, each of them of the protocol. */
function open(relay: Relay, path: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${relay.url.replace('http', 'ws')}${path}`, { headers });
  onTestFinished(() => socket.terminate());
  const frames: ReturnType<typeof plainToBackend.parse>[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    frames.push(plainToBackend.parse(JSON.parse(String(data))));
    for (const look of waiting) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  return {
    socket,
    frames,
    say: (frame: unknown) => socket.send(JSON.stringify(frame)),
    frame: (type: string) =>
      new Promise<(typeof frames)[number]>((resolve) => {
        const look = () => {
          const found = frames.find((one) => one.type === type);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    opened: () => once(socket, 'open'),
    closed: () => closed,
  };
}

const patient = { limits: { hello_wait_ms: 10_000 } };

test.each([
  ['in the query', (token: string) => ({ path: `/ws/alice?token=${token}`, headers: {} })],
  ['in a header', (token: string) => ({ path: '/ws/alice', headers: { authorization: `Bearer ${token}` } })],
])('who brings the token %s and says nothing is greeted all the same', async (_where, make) => {
  const relay = await startRelay({ limits: { hello_wait_ms: 0 } });
  const { path, headers } = make(await tokenFor('alice'));
  expect(await open(relay, path, headers).frame('ready')).toMatchObject({ user_id: 'alice' });
});

test('who speaks before any hello is greeted at once, and what it said counts', async () => {
  const relay = await startInsecureRelay(patient);
  const bob = await join(relay, 'bob', { token: undefined });
  const alice = open(relay, '/ws/alice?token=jwt');
  await alice.opened();
  alice.say({ type: 'share_revoked', to: ['bob'], data: { position_id: 'xyz' } });
  alice.say({ type: 'share_revoked', to: ['bob'], data: { position_id: 'abc' } });
  expect(await bob.next('collab_event')).toMatchObject({ from_user: 'alice', data: { position_id: 'xyz' } });
  expect(await bob.next('collab_event')).toMatchObject({ data: { position_id: 'abc' } });
});

test('a hello may say all the rest, the token too', async () => {
  const relay = await startRelay();
  const alice = open(relay, '/ws/alice');
  await alice.opened();
  alice.say({ type: 'hello', token: await tokenFor('alice'), friends: ['bob'], display_name: 'Alice A.' });
  await alice.frame('ready');
  const bob = await join(relay, 'bob', { friends: ['alice'] });
  expect(await bob.next('presence')).toMatchObject({ user_id: 'alice', display_name: 'Alice A.' });
});

test('the query may say it as well, and what it says holds from the beginning', async () => {
  const relay = await startRelay({ limits: { hello_wait_ms: 0 } });
  const token = await tokenFor('alice');
  open(relay, `/ws/alice?friends=bob&acks=true&display_name=Alice&token=${token}`);
  const bob = await join(relay, 'bob', { friends: ['alice'] });
  expect(await bob.next('presence')).toMatchObject({ display_name: 'Alice' });
  await bob.submit(anEvent({ from_user: 'bob', to_users: ['alice'] }));
  expect(await bob.receipt('e1', 'alice', 'routed')).not.toHaveProperty('final');
});

test('without a token, where one is needed, a hello has to come in time', async () => {
  const relay = await startRelay({ limits: { hello_timeout_ms: 500, hello_wait_ms: 0 } });
  const silent = open(relay, '/ws/alice');
  expect(await silent.frame('collab_error')).toMatchObject({ code: 'hello_timeout', close_code: 4408 });
  expect(await silent.closed()).toEqual({ code: 4408, reason: 'hello_timeout' });
});

test('a hello that comes after the greeting is too late, and one after other frames is none', async () => {
  const relay = await startInsecureRelay({ limits: { hello_wait_ms: 0 } });
  const late = open(relay, '/ws/alice');
  await late.frame('ready');
  late.say({ type: 'hello', friends: ['bob'] });
  expect(await late.closed()).toMatchObject({ code: 4408 });

  const second = open(relay, '/ws/bob');
  await second.frame('ready');
  second.say({ type: 'friends', friends: ['alice'] });
  second.say({ type: 'hello', friends: ['alice'] });
  expect(await second.closed()).toMatchObject({ code: 4400 });
});

test.each([
  ['no token', async () => ['/ws/alice', { type: 'bye' }], 4401],
  ['a bad token', async () => ['/ws/alice?token=jwt', { type: 'bye' }], 4401],
  ["somebody else's token", async () => [`/ws/bob?token=${await tokenFor('alice')}`, { type: 'bye' }], 4403],
  [
    'a hello of somebody else',
    async () => ['/ws/alice', { type: 'hello', token: await tokenFor('bob'), user_id: 'bob' }],
    4403,
  ],
  ['a hello of the wrong form', async () => ['/ws/alice', { type: 'hello', friends: 1 }], 4400],
  ['no name that a user can have', async () => ['/ws/%7Buser_id%7D', { type: 'bye' }], 4400],
  ['a badly escaped name', async () => ['/ws/%zz', { type: 'bye' }], 4400],
  ['an expired token', async () => [await expired(), { type: 'bye' }], 4498],
])('with %s it is closed with its number', async (_what, make, code) => {
  const relay = await startRelay(patient);
  const [path, first] = await make();
  const alice = open(relay, String(path));
  await alice.opened();
  alice.say(first);
  expect(await alice.closed()).toMatchObject({ code });
  expect(alice.frames).toEqual([expect.objectContaining({ type: 'collab_error', close_code: code })]);
});

const expired = async () => `/ws/alice?token=${await tokenFor('alice', { expiresInS: -60 })}`;

test('a user whose name is escaped in the path is that user', async () => {
  const relay = await startInsecureRelay({ limits: { hello_wait_ms: 0 } });
  expect(await open(relay, '/ws/alice%40home').frame('ready')).toMatchObject({ user_id: 'alice@home' });
});

test('a frame of no known type, and one that is no JSON, are answered as events that are none', async () => {
  const relay = await startInsecureRelay(patient);
  const alice = open(relay, '/ws/alice');
  await alice.opened();
  alice.say({ type: 'hello' });
  await alice.frame('ready');
  alice.say({ id: 'e1', type: 'acks' });
  alice.socket.send('[object Object]');
  alice.say(anEvent({ id: 'e2' }));
  while (alice.frames.length < 4) await once(alice.socket, 'message');
  expect(alice.frames.slice(1, 4)).toEqual([
    {
      type: 'reply',
      id: 'e1',
      status: 'rejected',
      code: 'bad_event',
      message: expect.stringMatching(/^type/),
    },
    {
      type: 'reply',
      status: 'rejected',
      code: 'bad_event',
      message: expect.stringContaining('JSON.stringify(event)'),
    },
    { type: 'reply', id: 'e2', status: 'accepted' },
  ]);
});

test('a binary frame is nothing of this protocol', async () => {
  const relay = await startInsecureRelay({ limits: { hello_wait_ms: 0 } });
  const alice = open(relay, '/ws/alice');
  await alice.frame('ready');
  alice.socket.send(Buffer.from(JSON.stringify(anEvent())));
  expect(await alice.closed()).toEqual({ code: 4400, reason: 'protocol' });
  expect(relay.told).toContainEqual(
    expect.objectContaining({ type: 'connection', user: 'alice', state: 'disconnected', code: 'protocol' }),
  );
});

test('a page, and who knocks at the wrong door, get an HTTP status', async () => {
  const relay = await startInsecureRelay();
  const status = async (path: string, headers: Record<string, string>) => {
    const asked = request(`${relay.url}${path}`, { headers: { ...upgrade, ...headers } }).end();
    const [response] = await once(asked, 'response');
    response.resume();
    return response.statusCode;
  };
  expect(await status('/ws/alice', { origin: 'http://evil.example' })).toBe(403);
  expect(await status('/elsewhere', {})).toBe(404);
  expect(await status('/ws/alice', { 'sec-websocket-version': '7' })).toBe(400);
});

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
