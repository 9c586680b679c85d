import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { choosePort } from '../../src/stack/choose-port.ts';
import { startRelay, tokenFor } from '../relay/rig.ts';
import { requirement } from '../rig/requirement.ts';
import { type InstalledPackage, installPackage } from './installed.ts';

/** A busy machine starts processes slowly, and these tests start many. */
const patienceMs = 60_000;
const root = join(import.meta.dirname, '../..');
let installed: InstalledPackage;

beforeAll(async () => {
  installed = await installPackage();
  // What its user would have installed besides, from here: nothing is downloaded.
  for (const name of ['vitest', 'playwright-core', 'typescript']) {
    await symlink(join(root, 'node_modules', name), join(installed.modules, name));
  }
  await cp(join(root, 'fixtures/examples'), join(installed.home, 'examples'), { recursive: true });
  await writeFile(join(installed.home, 'package.json'), JSON.stringify({ type: 'module' }));
}, 2 * patienceMs);

afterAll(() => installed[Symbol.asyncDispose]());

async function runVitest(file: string, env: Readonly<Record<string, string>> = {}) {
  const vitest = join(installed.modules, 'vitest/vitest.mjs');
  const limit = `--testTimeout=${patienceMs}`;
  const { exitCode, all } = await execa(
    process.execPath,
    [vitest, 'run', limit, '--root', installed.home, file],
    { cwd: installed.home, reject: false, all: true, env: { ...env, CI: '1' } },
  );
  return { exitCode, all };
}

test('the example for Vitest passes as whoever installs the package would run it', {
  timeout: 3 * patienceMs,
}, async () => {
  const { exitCode, all } = await runVitest('examples/vitest');
  expect(exitCode, all).toBe(0);
  expect(all).toContain('2 passed');
});

test('the example for a browser passes', { timeout: 3 * patienceMs }, async (context) => {
  const chromium = await execa('which', ['chromium'], { reject: false });
  const found = chromium.exitCode === 0 ? chromium.stdout : undefined;
  const executable = requirement(context, 'chromium (the Debian package chromium)', found);
  const { exitCode, all } = await runVitest('examples/playwright', { CHROMIUM: executable });
  expect(exitCode, all).toBe(0);
});

test('the types say what there is, and who is who', { timeout: patienceMs }, async () => {
  const folder = join(installed.home, 'typed');
  await mkdir(folder);
  await writeFile(
    join(folder, 'use.ts'),
    `import { startStack, Unmet, type TestStack } from 'collab-dev';
import { openCollabClient, type IncomingEvent } from 'collab-dev/client';

export async function use(): Promise<string> {
  await using stack = await startStack({ users: ['alice', 'bob'], friends: [['alice', 'bob']] });
  const { alice, bob } = stack.users;
  // @ts-expect-error nobody called carol takes part
  stack.users.carol;
  // @ts-expect-error carol is nobody with whom anything could be shared
  await alice.share('berlin-calls', { with: 'carol' });
  const { data } = await bob.receives('position_shared', { from: 'alice', within: '10s' });
  const same: TestStack<'alice' | 'bob'> = stack;
  if (!(same instanceof Unmet)) await same.check();
  return data.position_id;
}

export const open: typeof openCollabClient = openCollabClient;
export const idOf = ({ id }: IncomingEvent): string => id;
`,
  );
  const types = join(folder, 'tsconfig.json');
  await symlink(join(root, 'node_modules/@types'), join(installed.modules, '@types'));
  await writeFile(
    types,
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2024',
        lib: ['es2024', 'esnext.disposable'],
        types: ['node'],
        strict: true,
        noEmit: true,
      },
    }),
  );
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { exitCode, all } = await execa(tsc, ['-p', types], { reject: false, all: true });
  expect({ exitCode, all }).toEqual({ exitCode: 0, all: '' });
});

test('two backends of the example share a position, and one that is killed gets what it missed', {
  timeout: 3 * patienceMs,
}, async () => {
  const relay = await startRelay();
  const alice = await aBackend('alice', 'bob', relay.url);
  const bob = await aBackend('bob', 'alice', relay.url);
  await alice.post('', { id: 'berlin', symbol: 'DAX' });
  await alice.post('', { id: 'amd', symbol: 'AMD' });

  await alice.post('/berlin/share', { friend_ids: ['bob'] });
  await expect.poll(bob.symbols, { timeout: patienceMs }).toEqual(['DAX']);

  await bob.kill();
  await alice.post('/amd/share', { friend_ids: ['bob'] });
  await bob.start();
  await expect.poll(bob.symbols, { timeout: patienceMs }).toEqual(['DAX', 'AMD']);
});

/** The example as a process, on a port that stays its own over a restart. */
async function aBackend(user: string, friend: string, relayUrl: string) {
  const port = await choosePort('127.0.0.1', new Set(), user);
  const data = join(installed.home, 'data', user);
  await mkdir(data, { recursive: true });
  const tokenFile = join(data, 'token');
  await writeFile(tokenFile, await tokenFor(user));
  const url = `http://127.0.0.1:${port}`;
  const ideas = `${url}/api/v1/positions/ideas`;
  let child: ReturnType<typeof spawn>;
  const spawn = () =>
    execa(process.execPath, [join(installed.home, 'examples/node-backend/backend.js')], {
      reject: false,
      all: true,
      env: {
        USER_ID: user,
        PORT: String(port),
        COLLAB_URL: relayUrl,
        COLLAB_TOKEN_FILE: tokenFile,
        COLLAB_FRIENDS: friend,
        DATA_DIR: data,
      },
    });
  const start = async () => {
    child = spawn();
    const isReady = async () => (await fetch(`${url}/readyz`)).status;
    await expect.poll(() => isReady().catch(() => 0), { timeout: patienceMs }).toBe(200);
  };
  await start();
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    start,
    async kill() {
      child.kill('SIGKILL');
      await child;
    },
    async post(path: string, body: unknown) {
      const answer = await fetch(`${ideas}${path}`, { method: 'POST', body: JSON.stringify(body) });
      expect(answer.ok, await answer.text()).toBe(true);
    },
    async symbols(): Promise<unknown[]> {
      const listed: unknown = await (await fetch(ideas)).json();
      return Array.isArray(listed) ? listed.map(({ symbol }: { symbol: unknown }) => symbol) : [];
    },
  };
}
