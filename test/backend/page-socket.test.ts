import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { friendsOf, startRelay, startUser, tokenFor } from './rig.ts';

test('a page is told who it belongs to, and counted under that connection', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const page = await alice.page();
  const hello = await page.frames.next((frame) => frame.type === 'hello');
  expect(hello).toMatchObject({ user_id: 'alice', connection: expect.any(String) });
  await alice.create('berlin');
  await page.frames.next((frame) => frame.type === 'position');
  const { connection } = { connection: '', ...hello };
  expect(alice.backend.census().pages).toEqual([{ connection, sent: page.frames.all.length }]);
});

test('a page sees how far an event got, and who is there', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['bob'] });
  const page = await alice.page();
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await page.frames.next(
    (frame) =>
      frame.type === 'receipt' && frame.entry.stage === 'unavailable' && frame.entry.event_id === shared,
  );
  await startUser('bob', { relay, friends: ['alice'] });
  await page.frames.next((frame) => frame.type === 'presence' && frame.presence.user_id === 'bob');
  await page.frames.next((frame) => frame.type === 'receipt' && frame.entry.stage === 'delivered');
  await relay[Symbol.asyncDispose]();
  await page.frames.next((frame) => frame.type === 'relay' && !frame.connected);
});

test('every open page gets it, and one that has gone is not counted', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  const [first, second] = [await bob.page(), await bob.page()];
  await alice.create('berlin');
  await bob.step('notified', await alice.share('berlin', 'bob'), { pages: 2 });
  for (const { frames } of [first, second]) await frames.next((frame) => frame.type === 'position_shared');

  const closed = new Promise((resolve) => second.socket.once('close', resolve));
  second.socket.close();
  await closed;
  await bob.step('notified', await alice.comment('berlin', 'hello'), { pages: 1 });
});

test('a page is closed when its token ends, so that it comes back with a new one', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const token = await tokenFor('alice', { audience: 'collab-backend:alice', expiresInS: 5 });
  const socket = new WebSocket(`${alice.backend.url.replace('http', 'ws')}/ws/collab?token=${token}`);
  expect(await once(socket, 'close')).toMatchObject([4498, expect.anything()]);
  await expect.poll(() => alice.backend.census().pages, { interval: 5 }).toEqual([]);
});

test('a backend closes while a page is open', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const { frames, socket } = await alice.page();
  await frames.next((frame) => frame.type === 'hello');
  const closed = once(socket, 'close');
  await alice.backend[Symbol.asyncDispose]();
  await closed;
});

test.each(['/elsewhere', '//', '/ws/collab/'])('the path %s upgrades to nothing', async (path) => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const { port } = alice.backend;
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const refused = request({ port, path, headers }).end();
  const [response] = await once(refused, 'response');
  expect(response.statusCode).toBe(404);
});

test('a refused socket is closed on both sides, whatever its client does', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  const socket = connect({ port: alice.backend.port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write('GET /elsewhere HTTP/1.1\r\nHost: alice\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await once(socket.resume(), 'end');
  const tried = () => {
    socket.write('x');
    return socket.destroyed;
  };
  await expect.poll(tried, { timeout: 20_000, interval: 10 }).toBe(true);
});
