import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { aFolder, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: commandTestMs });

/** What a run says afterwards of the share that a friend gets and a stranger does not. */
const ofShares = /alice position_shared berlin-calls: bob delivered and stored; carol not friends/;

const names = ['share', 'comment-reaches-every-reader', 'stranger', 'offline-then-back', 'relay-restart'];

test('without a relay the backends call one another, and scenarios come true all the same', async () => {
  await using folder = await aFolder();
  const { stdout, exitCode } = await folder.run(['test', ...names, '--topology', 'direct']);
  expect(stdout).toContain(
    'skipped: line 9, "relay: kill", makes no sense in the topology direct: there is no relay',
  );
  expect(stdout).toMatch(/^4 passed, 1 skipped in /m);
  expect(exitCode).toBe(0);
  expect((await folder.run(['explain', '--type', 'share'])).stdout).toMatch(ofShares);
  await folder.untilEmpty();
});

test('one process serves all users, and scenarios come true all the same', async () => {
  await using folder = await aFolder();
  const { stdout, exitCode } = await folder.run(['test', ...names, '--topology', 'single']);
  expect(stdout).toContain('line 8, "bob: disconnect", makes no sense in the topology single');
  expect(stdout).toMatch(/^3 passed, 2 skipped in /m);
  expect(exitCode).toBe(0);
  expect((await folder.run(['explain', '--type', 'share'])).stdout).toMatch(ofShares);
  await folder.untilEmpty();
});

test('where everything speaks TLS scenarios come true all the same, but for what no link can see then', async () => {
  await using folder = await aFolder();
  const { stdout, exitCode } = await folder.run(['test', 'share', 'duplicated-and-late-frames', '--tls']);
  expect(stdout).toContain('is not possible under TLS: no link can tell one message from another');
  expect(stdout).toMatch(/^1 passed, 1 skipped in /m);
  expect(exitCode).toBe(0);
  const journals = join(folder.path, '.collab-dev/runs/latest/01-share/journal');
  const texts = await Promise.all(
    (await readdir(journals)).map((file) => readFile(join(journals, file), 'utf8')),
  );
  expect(texts.join('')).toContain('"url":"https://');
  expect(texts.join('')).not.toContain('"url":"http://');
  const { stderr } = await folder.run(['replay', 'duplicated-and-late-frames', '--tls', '--no-tui']);
  expect(stderr).toContain('Play it without --tls.');
  await folder.untilEmpty();
});

test('a scenario that makes no sense in a topology is not played in it', async () => {
  await using folder = await aFolder();
  const { stderr, exitCode } = await folder.run([
    'replay',
    'relay-restart',
    '--topology',
    'single',
    '--no-tui',
  ]);
  expect(stderr).toContain('"relay: kill", makes no sense in the topology single');
  expect(exitCode).toBe(2);
  await folder.untilEmpty();
});
