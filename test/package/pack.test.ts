import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { publint } from 'publint';
import { glob } from 'tinyglobby';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findOldNode } from '../rig/old-node.ts';
import { type InstalledPackage, installPackage } from './installed.ts';

let installed: InstalledPackage;
const inside = () => join(installed.modules, 'collab-dev');

beforeAll(async () => {
  installed = await installPackage();
}, 120_000);

afterAll(() => installed[Symbol.asyncDispose]());

test('the tarball is under 10 MB', async () => {
  expect((await stat(installed.tarball)).size).toBeLessThan(10_000_000);
});

test('the tarball carries what is needed to run, and nothing of how it is made', async () => {
  const files = await glob('**', { cwd: inside(), dot: true });
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'bin/collab-dev.js',
      'dist/cli.js',
      'dist/supervisor.js',
      'dist/relay.js',
      'dist/host.js',
      'dist/links.js',
      'dist/pages.js',
      'dist/index.js',
      'dist/client.js',
      'dist/types/library/main.d.ts',
      'dist/types/client/main.d.ts',
      'dist/page/index.html',
      expect.stringMatching(/^dist\/page\/assets\/index-[\w-]+\.js$/),
      'dist/third-party-notices.txt',
      expect.stringMatching(/^fixtures\/.+/),
    ]),
  );
  expect(files.filter((file) => /\.map$|^(src|test|node_modules)\//.test(file))).toEqual([]);
});

test('an install brings the command and no other package, least of all a node', async () => {
  expect(await readdir(join(installed.modules, '.bin'))).toEqual(['collab-dev']);
  expect((await readdir(installed.modules)).filter((name) => !name.startsWith('.'))).toEqual(['collab-dev']);
});

test('the notices name the packages that are bundled', async () => {
  const notices = await readFile(join(inside(), 'dist/third-party-notices.txt'), 'utf8');
  for (const name of ['commander', 'ink', 'react-dom', 'socket.io', 'ws', 'zod']) {
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
  }
});

test('the package is well formed', async () => {
  const { messages } = await publint({ pkgDir: inside(), pack: false });
  expect(messages).toEqual([]);
});

test('the installed command runs', async () => {
  const { stdout, stderr } = await execa(process.execPath, [
    join(installed.modules, '.bin/collab-dev'),
    '--version',
  ]);
  expect({ stdout, stderr }).toEqual({ stdout: '0.1.0', stderr: '' });
});

test('under a Node too old, the installed command says so in one sentence and exits with 2', async (context) => {
  const oldNode = await findOldNode();
  if (!oldNode) return context.skip('There is no Node older than 24 on the PATH.');
  const command = [join(installed.modules, '.bin/collab-dev'), 'up'];
  const { stdout, stderr, exitCode } = await execa(oldNode, command, { reject: false });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(/^collab-dev needs Node 24\.0 or newer, and this is Node \d+\.\d+\.\d+\.$/);
});
