import { once } from 'node:events';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test, vi } from 'vitest';
import { explanation } from '../../src/journal/explain/explanation.ts';
import { aFolder, commandTestMs, type Running } from './rig.ts';

vi.setConfig({ testTimeout: commandTestMs });

const auto = ['up', '--no-tui', '--ports', 'auto'];

/** Ends a run the way a supervisor of services would, and waits for all of it. */
async function end(running: Running, folder: Awaited<ReturnType<typeof aFolder>>) {
  process.kill(running.pid, 'SIGTERM');
  const outcome = await running.ended;
  await folder.untilEmpty();
  return outcome;
}

const tourIsOver = /tour.*passed|: passed$/i;

test('up says where everything is, plays the tour, and stays', async () => {
  await using folder = await aFolder();
  const up = folder.start(auto);
  await up.line(/: passed$/);
  const text = up.lines.join('\n');
  expect(text).toMatch(/^collab-dev is ready in \d+ ms, run \d{8}-\d{6}-\w+$/m);
  for (const name of ['relay', 'links', 'pages', 'alice', 'bob', 'carol']) {
    expect(text).toMatch(new RegExp(`^  ${name} .* pid \\d+ +ready +\\d+ ms$`, 'm'));
  }
  expect(text).toMatch(/^ {2}friends +alice–bob, strangers: carol$/m);
  const [, page = ''] = /^ {2}pages +alice (http:\S+), bob http:\S+, carol http:\S+$/m.exec(text) ?? [];
  expect(await (await fetch(page)).text()).toContain('<div id="page">');
  const time = String.raw`^\d\d:\d\d:\d\d\.\d{3} `;
  expect(text).toMatch(new RegExp(`${time}alice → bob position_shared \\S+ delivered \\d+ ms$`, 'm'));
  expect(text).toMatch(
    new RegExp(`${time}alice → carol position_shared \\S+ unavailable \\(not friends\\)`, 'm'),
  );

  const runs = join(folder.path, '.collab-dev/runs');
  const [run = ''] = (await readdir(runs)).filter((name) => name !== 'latest');
  expect((await stat(join(runs, run))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(runs, run))).toEqual(
    expect.arrayContaining(['journal', 'logs', 'settings.json']),
  );

  const [, relay = ''] = /relay +(http:\S+)/.exec(text) ?? [];
  expect((await fetch(`${relay}/healthz`)).status).toBe(200);
  expect(await end(up, folder)).toMatchObject({ signal: 'SIGTERM', stderr: '' });

  const explained = await folder.run(['explain', 'last']);
  expect(explained).toMatchObject({ stderr: '', exitCode: 0 });
});

test('the event that carol does not get is explained', async () => {
  await using folder = await aFolder();
  const up = folder.start(auto);
  await up.line(tourIsOver);
  const listed = await folder.run(['explain', '--type', 'share', '--to', 'carol']);
  const [event = ''] = listed.stdout.split(' ');
  expect(listed.stdout).toMatch(
    /^\S+ {2}\S+ {2}alice position_shared berlin-calls: bob delivered and stored; carol not friends: carol has not named alice$/,
  );
  expect(await folder.run(['explain', '--from', 'carol'])).toMatchObject({ exitCode: 5, stdout: '' });
  const live = await folder.run(['explain', event]);
  await end(up, folder);

  const runs = join(folder.path, '.collab-dev/runs');
  const [run = ''] = (await readdir(runs)).filter((name) => name !== 'latest');
  const path = join(runs, run);
  const { stdout, exitCode } = await folder.run(['explain', event.slice(0, -4), '--run', path]);
  expect(exitCode).toBe(0);
  expect(stdout).toBe(live.stdout);
  const { stdout: json } = await folder.run(['explain', event, '--format', 'json']);
  expect(explanation.parse(JSON.parse(json))).toMatchObject({
    event,
    recipients: [
      { to: 'bob', verdict: 'delivered' },
      { to: 'carol', verdict: 'not_friends' },
    ],
  });
  expect(stdout).toMatch(/^carol: not friends: carol has not named alice$/m);
  expect(stdout).toMatch(/^ {2}shown by +[\d.]+ ms {2}relay +the relay looked carol up: not friends/m);
  expect(stdout).toMatch(/^bob: delivered and stored$/m);
  for (const number of [3, 4, 5, 6, 7, 8, 9, 10])
    expect(stdout).toMatch(new RegExp(`^ +${number}\\. +[\\d.]+ ms`, 'm'));
});

test('other users get a tour of their own', async () => {
  await using folder = await aFolder();
  const up = folder.start([...auto, '--users', 'dave,erin']);
  await up.line(/dave → erin position_shared .* delivered/);
  await up.line(/: passed$/);
  await end(up, folder);
});

test('--scenario brings its own users', async () => {
  await using folder = await aFolder();
  const up = folder.start([...auto, '--scenario', 'comment']);
  await up.line(/: passed$/);
  await end(up, folder);
});

test('--open opens the first page, and a browser that cannot be opened is only a sentence', async () => {
  await using folder = await aFolder();
  await folder.write('xdg-open', '#!/bin/sh\necho "$1" > opened\nexit 4\n');
  await chmod(join(folder.path, 'xdg-open'), 0o700);
  const PATH = `${folder.path}:${process.env.PATH}`;
  const up = folder.start([...auto, '--open', '--users', 'dave,erin'], { PATH });
  await up.line(/: passed$/);
  const [, page = ''] = /dave (http:\S+),/.exec(await up.line(/^ {2}pages +dave/)) ?? [];
  expect(await readFile(join(folder.path, 'opened'), 'utf8')).toBe(`${page}\n`);
  const { stderr } = await end(up, folder);
  expect(stderr).toBe(`No browser could be opened (xdg-open: exit code 4). Open ${page} yourself.`);
});

test('--no-pages starts none', async () => {
  await using folder = await aFolder();
  const up = folder.start([...auto, '--no-pages', '--users', 'dave,erin']);
  await up.line(/: passed$/);
  expect(up.lines.join('\n')).toMatch(/^ {2}pages +none; the live socket of each backend is \/ws\/collab$/m);
  await end(up, folder);
});

test('a port that is taken is named before anything starts, with exit code 3', async () => {
  await using folder = await aFolder();
  const server = createServer();
  // A base whose first backend port is ours.
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const base = Math.min(port, 64_000);
  const { exitCode, stderr, stdout } = await folder.run(['up', '--no-tui', '--port-base', String(base)]);
  server.close();
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain(`Port ${port}, for alice's backend, is held by process ${process.pid}`);
  expect(stderr).toContain('--ports auto');
  // Nothing was started, so nothing is left.
  expect(await readdir(join(folder.path, '.collab-dev/runs'))).toEqual([]);
  await folder.untilEmpty();
});

test('a scenario that is not valid keeps the stack from starting, with exit code 2', async () => {
  await using folder = await aFolder();
  const { exitCode, stderr, stdout } = await folder.run(['up', '--no-tui', '--scenario', 'nosuch']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^There is no scenario "nosuch"/);
  await folder.untilEmpty();
});
