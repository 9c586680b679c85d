import { once } from 'node:events';
import { dirname } from 'node:path';
import process from 'node:process';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { choosePort } from '../../src/stack/choose-port.ts';
import { aFolder, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: commandTestMs });

test('on SIGTERM a relay lets its clients go, and a stock one comes to its successor by itself', async () => {
  await using folder = await aFolder();
  // Its successor listens there, too: nobody may be given it by chance in between.
  const port = await choosePort('127.0.0.1', new Set(), 'the relay');
  const start = async () => {
    const running = folder.start([
      'relay',
      '--insecure',
      '--port',
      String(port),
      '--drain',
      '5',
      '--log-level',
      'silent',
    ]);
    const line = await running.line(/listens on/);
    const [url = ''] = /http:\/\/[^:]+:\d+/.exec(line) ?? [];
    return { running, url };
  };
  const first = await start();
  const stock = io(first.url, {
    transports: ['websocket'],
    auth: { user_id: 'alice' },
    reconnectionDelay: 50,
  });
  onTestFinished(() => {
    stock.disconnect();
  });
  const heard: string[] = [];
  stock.onAny((name: string) => heard.push(name));
  stock.on('disconnect', (reason) => heard.push(reason));
  await new Promise<void>((resolve) => stock.once('ready', () => resolve()));

  const plain = new WebSocket(`${first.url.replace('http', 'ws')}/ws/bob`);
  onTestFinished(() => plain.terminate());
  const frames: string[] = [];
  const greeted = new Promise<void>((resolve) => {
    plain.on('message', (data) => {
      const { type }: { type: string } = JSON.parse(String(data));
      frames.push(type);
      if (type === 'ready') resolve();
    });
  });
  await once(plain, 'open');
  plain.send('{"type":"hello"}');
  await greeted;
  const plainEnd = once(plain, 'close');
  const stockEnd = new Promise<void>((resolve) => stock.once('disconnect', () => resolve()));

  process.kill(first.running.pid, 'SIGTERM');
  const [code, reason] = await plainEnd;
  await stockEnd;
  expect([code, String(reason), frames.slice(-2)]).toEqual([
    1012,
    'draining',
    ['server_draining', 'collab_error'],
  ]);
  // What follows may be that it was back too early, and was let go again.
  expect(heard.filter((name) => name !== 'presence' && name !== 'wake').slice(0, 4)).toEqual([
    'ready',
    'server_draining',
    'collab_error',
    'transport close',
  ]);
  const { signal, stderr } = await first.running.ended;
  // In order, and then it dies of the signal; one that had to be cut short would say so.
  expect([signal, stderr]).toEqual(['SIGTERM', '']);

  const back = new Promise<void>((resolve) => stock.once('ready', () => resolve()));
  const second = await start();
  await back;
  process.kill(second.running.pid, 'SIGTERM');
  await second.running.ended;
});

test('without a redis-server several nodes are not started, and it is said what to install', async () => {
  await using folder = await aFolder();
  const args = ['up', '--relays', '3', '--ports', 'auto', '--no-tui'];
  const outcome = await folder.run(args, { PATH: dirname(process.execPath) });
  expect(outcome).toEqual({
    stdout: '',
    stderr:
      'Several relay nodes need a Redis between them, and there is no redis-server on the PATH.\n' +
      'Install Redis 7 or newer (the Debian package redis-server), or start with one relay.',
    exitCode: 3,
    signal: undefined,
  });
  await folder.untilEmpty();
});
