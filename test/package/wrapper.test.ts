import { cp, mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findOldNode } from '../rig/old-node.ts';

/*
 *  old Node ── bin/collab-dev.js ──spawns──► this run's Node ── bin/collab-dev.js ──imports──► dist/cli.js
 *
 * Here dist/cli.js is the puppet below, and the platform package is this run's Node.
 */
const puppet = `
  const [act, argument] = process.argv.slice(2);
  const say = (line) => process.stdout.write(line + '\\n');
  if (act === 'report') say(JSON.stringify({ versions: process.versions.node, guard: process.env.COLLAB_DEV_REEXEC }));
  if (act === 'exit') process.exit(Number(argument));
  if (act === 'die') process.kill(process.pid, argument);
  if (act === 'listen') {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        say(signal);
        // A moment for a second copy of the signal, which must not come.
        setTimeout(() => process.exit(0), 100);
      });
    }
    setInterval(() => {}, 1000);
    say('listening');
  }
`;

const root = join(import.meta.dirname, '../..');
const temporary = await mkdtempDisposable(join(tmpdir(), 'collab-dev-wrapper-'));
const command = join(temporary.path, 'bin/collab-dev.js');
const platform = join(temporary.path, `node_modules/node-${process.platform}-${process.arch}`);
const oldNode = await findOldNode();

function run(args: readonly string[], environment: Record<string, string> = {}) {
  const options = { reject: false, env: { XDG_CACHE_HOME: temporary.path, ...environment } } as const;
  return execa(oldNode ?? 'node', [command, ...args], { ...options, detached: true });
}

beforeAll(async () => {
  await cp(join(root, 'bin'), join(temporary.path, 'bin'), { recursive: true });
  await mkdir(join(temporary.path, 'dist'));
  await writeFile(join(temporary.path, 'dist/cli.js'), puppet);
  await writeFile(join(temporary.path, 'package.json'), '{ "type": "module" }');
  await mkdir(join(platform, 'bin'), { recursive: true });
  await writeFile(join(platform, 'package.json'), JSON.stringify({ version: process.versions.node }));
  await symlink(process.execPath, join(platform, 'bin/node'));
});

beforeEach((context) => {
  if (!oldNode) context.skip('There is no Node older than 24 on the PATH.');
});

afterAll(() => temporary.remove());

test('an old Node hands over to the one in the checkout', async () => {
  const { stdout } = await run(['report']);
  expect(JSON.parse(stdout)).toEqual({ versions: process.versions.node });
});

test('the exit code is mirrored', async () => {
  expect((await run(['exit', '70'])).exitCode).toBe(70);
});

test.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'])('a death by %s is mirrored', async (signal) => {
  expect((await run(['die', signal])).signal).toBe(signal);
});

test.each(['SIGTERM', 'SIGHUP'] as const)('%s, sent to the wrapper, is handed on', async (signal) => {
  const running = run(['listen']);
  for await (const line of running) if (line === 'listening') running.kill(signal);
  expect(await running).toMatchObject({ stdout: `listening\n${signal}`, exitCode: 0 });
});

test('Ctrl-C, sent to the whole group, arrives once', async () => {
  const running = run(['listen']);
  const { pid } = running;
  if (pid === undefined) throw new Error('The wrapper did not start.');
  for await (const line of running) if (line === 'listening') process.kill(-pid, 'SIGINT');
  expect(await running).toMatchObject({ stdout: 'listening\nSIGINT', exitCode: 0 });
});

test('a runtime that turns out to be old again ends in a sentence, not in a loop', async () => {
  const { stderr, exitCode } = await run(['report'], { COLLAB_DEV_REEXEC: '1' });
  expect({ stderr, exitCode }).toEqual({ stderr: expect.stringContaining('needs Node 24.0'), exitCode: 2 });
});
