import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { findOldNode } from '../rig/old-node.ts';
import { aFolder, bin } from './rig.ts';

const up = ['up', '--no-tui', '--ports', 'auto'];
const ready = /^collab-dev is ready/;

const supervisor = /dist\/supervisor\.js/;

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s stops everything, and we die of it',
  async (signal) => {
    await using folder = await aFolder();
    const running = folder.start(up);
    await running.line(ready);
    const asked = performance.now();
    process.kill(running.pid, signal);
    const outcome = await running.ended;
    // In order and not by force, though the tour has just begun.
    expect(performance.now() - asked).toBeLessThan(3000);
    expect(outcome.signal).toBe(signal);
    expect(outcome.stderr).toBe(signal === 'SIGINT' ? 'stopping, press Ctrl-C again to force' : '');
    expect(await folder.processes()).toEqual([]);
  },
);

test('a signal during the start stops it too', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await folder.untilRunning(supervisor);
  process.kill(running.pid, 'SIGTERM');
  expect((await running.ended).signal).toBe('SIGTERM');
  await folder.untilEmpty(1000);
});

test('a second Ctrl-C forces what does not stop by itself', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await running.line(ready);
  // A supervisor that is stopped cannot answer.
  process.kill(await folder.untilRunning(supervisor), 'SIGSTOP');
  process.kill(running.pid, 'SIGINT');
  await wait(350);
  process.kill(running.pid, 'SIGINT');
  expect((await running.ended).signal).toBe('SIGINT');
  await folder.untilEmpty(3000);
});

test('after kill -9 of the CLI nothing runs three seconds later', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await running.line(ready);
  expect((await folder.processes()).length).toBeGreaterThanOrEqual(7);
  process.kill(running.pid, 'SIGKILL');
  await folder.untilEmpty(3000);
});

test('after kill -9 of the supervisor the CLI says so with exit code 3, and nothing runs three seconds later', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await running.line(ready);
  process.kill(await folder.untilRunning(supervisor), 'SIGKILL');
  const { exitCode, stderr } = await running.ended;
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^The supervisor died; the stack has stopped with it\./);
  await folder.untilEmpty(3000);
});

test('after kill -9 of both nothing runs three seconds later', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await running.line(ready);
  process.kill(await folder.untilRunning(supervisor), 'SIGKILL');
  process.kill(running.pid, 'SIGKILL');
  await folder.untilEmpty(3000);
});

test('a wrapper that dies takes the stack with it', async () => {
  await using folder = await aFolder();
  // `wait` keeps the shell from becoming the command.
  const script = `"${process.execPath}" "${bin}" ${up.join(' ')} & wait`;
  const shell = folder.startOther('/bin/sh', ['-c', script]);
  await shell.line(ready);
  process.kill(shell.pid, 'SIGKILL');
  await folder.untilEmpty(4000);
});

test('a reader of stdout that goes away ends the run in silence', async () => {
  await using folder = await aFolder();
  const script = `"${process.execPath}" "${bin}" ${up.join(' ')} | head -n 1`;
  const shell = folder.startOther('/bin/sh', ['-c', script]);
  await shell.line(ready);
  expect((await shell.ended).stderr).toBe('');
  await folder.untilEmpty(3000);
});

test('Ctrl-C in a terminal, through npm and the wrapper for old Nodes, ends everything once', async () => {
  await using folder = await aFolder();
  const node = (await findOldNode()) ?? process.execPath;
  await folder.write(
    'package.json',
    JSON.stringify({ scripts: { start: `"${node}" "${bin}" ${up.join(' ')}` } }),
  );
  // script(1) gives it a terminal; what is written to its stdin is typed.
  const terminal = folder.startOther('script', [
    '-qec',
    'npm start --silent',
    join(folder.path, 'typescript'),
  ]);
  await terminal.line(/collab-dev is ready/);
  await terminal.line(/: passed/);
  terminal.stdin.write('\u0003');
  const { stdout } = await terminal.ended;
  expect(stdout.match(/stopping, press Ctrl-C again to force/g)).toHaveLength(1);
  await folder.untilEmpty(3000);
});

test.each([
  ['q', 0],
  ['\u0003', 130],
])('the dashboard leaves the terminal as it found it, after %j', async (key, code) => {
  await using folder = await aFolder();
  const command = `"${process.execPath}" "${bin}" up --ports auto`;
  const file = join(folder.path, 'typescript');
  const script = `stty rows 30 cols 120; ${command}; code=$?; stty -a; exit $code`;
  const terminal = folder.startOther('script', ['-qec', script, file]);
  await terminal.seen(/not friends/);
  terminal.stdin.write(key);
  const { exitCode } = await terminal.ended;
  expect(exitCode).toBe(code);
  const said = await readFile(file, 'utf8');
  const [enter, leave] = ['\u001b[?1049h', '\u001b[?1049l'].map((sequence) => said.lastIndexOf(sequence));
  expect(enter).toBeGreaterThan(-1);
  expect(leave).toBeGreaterThan(enter ?? 0);
  expect(said.lastIndexOf('\u001b[?25h')).toBeGreaterThan(said.lastIndexOf('\u001b[?25l'));
  const after = said.slice(leave);
  expect(after).toMatch(/Run \S+ has ended: \d+ delivered, \d+ not/);
  // Raw mode is off: the line discipline echoes and edits again.
  expect(after).toMatch(/(?<!-)icanon/);
  expect(after).toMatch(/(?<!-)echo\b/);
  await folder.untilEmpty(3000);
});
