import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { secondSignalAfterMs } from '../../src/cli/interrupts.ts';
import { findOldNode } from '../rig/old-node.ts';
import { aFolder, bin, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: commandTestMs });

const up = ['up', '--no-tui', '--ports', 'auto'];
const ready = /^collab-dev is ready/;

const supervisor = /dist\/supervisor\.js/;

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s stops everything, and we die of it',
  async (signal) => {
    await using folder = await aFolder();
    const running = folder.start(up);
    await running.line(ready);
    process.kill(running.pid, signal);
    const outcome = await running.ended;
    // In order and not by force, though the tour has just begun: everybody has closed their journal.
    expect(await folder.unclosedJournals()).toEqual([]);
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
  await folder.untilEmpty();
});

test('a second Ctrl-C forces what does not stop by itself', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await running.line(ready);
  // A supervisor that is stopped cannot answer.
  process.kill(await folder.untilRunning(supervisor), 'SIGSTOP');
  process.kill(running.pid, 'SIGINT');
  // Whoever comes sooner after the first was heard counts as the same one.
  await running.said(/press Ctrl-C again to force/);
  await wait(2 * secondSignalAfterMs);
  process.kill(running.pid, 'SIGINT');
  expect((await running.ended).signal).toBe('SIGINT');
  await folder.untilEmpty();
});

test('after kill -9 of the CLI nothing goes on running', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await running.line(ready);
  expect((await folder.processes()).length).toBeGreaterThanOrEqual(7);
  process.kill(running.pid, 'SIGKILL');
  await folder.untilEmpty();
});

test('after kill -9 of the supervisor the CLI says so with exit code 3, and nothing goes on running', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await running.line(ready);
  process.kill(await folder.untilRunning(supervisor), 'SIGKILL');
  const { exitCode, stderr } = await running.ended;
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^The supervisor died; the stack has stopped with it\./);
  await folder.untilEmpty();
});

test('after kill -9 of both nothing goes on running', async () => {
  await using folder = await aFolder();
  const running = folder.start(up);
  await running.line(ready);
  process.kill(await folder.untilRunning(supervisor), 'SIGKILL');
  process.kill(running.pid, 'SIGKILL');
  await folder.untilEmpty();
});

test('a wrapper that dies takes the stack with it', async () => {
  await using folder = await aFolder();
  // `wait` keeps the shell from becoming the command.
  const script = `"${process.execPath}" "${bin}" ${up.join(' ')} & wait`;
  const shell = folder.startOther('/bin/sh', ['-c', script]);
  await shell.line(ready);
  process.kill(shell.pid, 'SIGKILL');
  await folder.untilEmpty();
});

test('a reader of stdout that goes away ends the run in silence', async () => {
  await using folder = await aFolder();
  const script = `"${process.execPath}" "${bin}" ${up.join(' ')} | head -n 1`;
  const shell = folder.startOther('/bin/sh', ['-c', script]);
  await shell.line(ready);
  expect((await shell.ended).stderr).toBe('');
  await folder.untilEmpty();
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
  await folder.untilEmpty();
});
