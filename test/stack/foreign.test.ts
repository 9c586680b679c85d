import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { StackConfig } from '../../src/stack/stack.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { http, script, server } from './foreign-rig.ts';
import { aStack, groupLives, puppetPool, temporaryFolder, user } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

const pool = puppetPool({ environment: { PATH: process.env.PATH, LANG: 'C.UTF-8' } });
afterAll(() => pool[Symbol.asyncDispose]());

const [alice, bob] = [user('alice'), user('bob')];
const answer = z.object({ pid: z.int(), env: z.record(z.string(), z.string()) });
const ask = async (url: string) => answer.parse(await (await fetch(url)).json());
const soon = { timeout: 30_000, interval: 20 } as const;

/** Alice simulated, and something else in the place of bob. */
const withBob = (
  folder: string,
  backend: StackConfig['users'][number]['backend'],
  overrides: Partial<StackConfig> = {},
): StackConfig => {
  const config = aStack(folder, ['alice', 'bob'], overrides);
  return { ...config, users: config.users.map((one) => (one.name === bob ? { ...one, backend } : one)) };
};

describe('a command in the place of a backend', () => {
  test('is told what the contract says, and no more; it is reached through its hop and leaves nothing', async () => {
    await using folder = await temporaryFolder();
    let pid = 0;
    {
      const command = script(server, { ready: http, env: { MOOD: 'good' } });
      await using stack = await startStack(withBob(folder.path, command), { pool });
      expect(stack.instances().at(-1)).toMatchObject({
        name: 'bob',
        role: 'backend',
        foreign: true,
        state: 'ready',
      });
      const { env, ...seen } = await ask(stack.urlOf(bob));
      pid = seen.pid;
      expect(stack.instances().at(-1)?.pid).toBe(pid);
      expect(env).toMatchObject({
        USER_ID: 'bob',
        DISPLAY_NAME: 'bob',
        COLLAB_FRIENDS: 'alice',
        COLLAB_ALLOW_PRIVATE: '1',
        COLLAB_USER_ALICE_URL: stack.urlOf(alice),
        PUBLIC_URL: stack.urlOf(bob),
        DATA_DIR: join(folder.path, 'data', 'bob'),
        HOST: '127.0.0.1',
        LANG: 'C.UTF-8',
        MOOD: 'good',
      });
      expect(new URL(stack.urlOf(bob)).port).not.toBe(env.PORT);
      expect(env.COLLAB_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(env.COLLAB_URL).not.toBe(stack.relayUrl);
      expect(await readFile(env.COLLAB_TOKEN_FILE ?? '', 'utf8')).toBe(`${env.COLLAB_TOKEN}\n`);
      expect(JSON.parse(env.COLLAB_JWKS ?? '')).toMatchObject({ keys: [{ kty: 'OKP', alg: 'EdDSA' }] });
      const ours = Object.keys(process.env).filter((name) => name in env);
      expect(ours.filter((name) => !['PATH', 'HOME', 'LANG', 'PWD', 'SHLVL', '_'].includes(name))).toEqual(
        [],
      );

      expect((await stack.census()).by.get('bob')).toBeUndefined();
      await expect(stack.emit(bob, { type: 'x' })).rejects.toMatchObject({ code: 'foreign-emit', exit: 2 });
      expect(await readFile(join(folder.path, 'logs', 'bob.log'), 'utf8')).toBe('serving\n');
    }
    expect(groupLives(pid)).toBe(false);
  });

  test('is killed, started, paused and restarted like one of ours, on its own port and data', async () => {
    await using folder = await temporaryFolder();
    // A shell between, and something beside it: a signal is for all of them.
    const command = script(server, {
      command: `sleep 600 & exec "$NODE" -e "$SCRIPT"`,
      env: { NODE: process.execPath, SCRIPT: server },
      ready: http,
    });
    await using stack = await startStack(withBob(folder.path, command), { pool });
    const first = await ask(stack.urlOf(bob));
    await stack.kill('bob');
    expect(groupLives(first.pid)).toBe(false);
    await expect(fetch(stack.urlOf(bob))).rejects.toThrow();
    await stack.start('bob');
    const second = await ask(stack.urlOf(bob));
    expect(second.pid).not.toBe(first.pid);
    expect([second.env.PORT, second.env.DATA_DIR]).toEqual([first.env.PORT, first.env.DATA_DIR]);

    await stack.pause('bob');
    expect(stack.instances().at(-1)?.state).toBe('paused');
    await stack.resume('bob');
    expect(await ask(stack.urlOf(bob))).toMatchObject({ pid: second.pid });
    await stack.restart('bob');
    expect(groupLives(second.pid)).toBe(false);
    expect((await ask(stack.urlOf(bob))).env.PORT).toBe(first.env.PORT);
    await stack.journal.refresh();
    const notes = stack.journal.since(1).flatMap((one) => (one.type === 'note' ? [one.code] : []));
    expect(notes).not.toContain('unclean-stop');
  });

  test('that is never ready is named, with what was seen, its last words and its log', async () => {
    await using folder = await temporaryFolder();
    const start = (name: string, command: ReturnType<typeof script>) =>
      startStack(withBob(join(folder.path, name), command), { pool });
    const loads = (ready: ReturnType<typeof script>['ready']) =>
      script('', { command: 'echo still loading; exec sleep 600', ready });
    const refuses = server.replace('response.end(', 'response.writeHead(503).end(');
    await Promise.all([
      expect(start('silent', loads({ http: '/readyz', withinMs: 5000 }))).rejects.toMatchObject({
        code: 'not-ready',
        exit: 3,
        message: expect.stringMatching(
          /^bob was not ready after 5 s: 127\.0\.0\.1:\d+ does not answer \(.+\)\. Its last words:\n {2}still loading$/,
        ),
        hint: `Its whole output is in ${join(folder.path, 'silent/logs/bob.log')}.`,
      }),
      expect(
        start('refusing', script(refuses, { ready: { ...http, withinMs: 7000 } })),
      ).rejects.toMatchObject({
        message: expect.stringMatching(/\/readyz answered 503\. Its last words:\n {2}serving$/),
      }),
      expect(start('wordless', loads({ log: 'Uvicorn running', withinMs: 5000 }))).rejects.toMatchObject({
        message: expect.stringContaining('it has not printed a line with "Uvicorn running"'),
      }),
      expect(
        start('crashing', script('', { command: 'echo no database >&2; exit 4', ready: http })),
      ).rejects.toMatchObject({
        code: 'died-while-starting',
        message: expect.stringMatching(
          /^bob died while starting \(exit code 4\)\. Its last words:\n {2}no database$/,
        ),
      }),
    ]);
    await expect(start('nowhere', script(server, { cwd: '/no/such/folder' }))).rejects.toMatchObject({
      code: 'no-folder',
      exit: 2,
    });
    await expect(start('misspelt', script('', { command: ['no-such-program'] }))).rejects.toMatchObject({
      code: 'died-while-starting',
      message: expect.stringContaining('ENOENT'),
    });
  });

  test('that dies is a death; with a policy it is started again, and that is told', async () => {
    await using folder = await temporaryFolder();
    const start = (name: string, restart: 'never' | 'on-failure') =>
      startStack(withBob(join(folder.path, name), script(server, { ready: http, restart })), { pool });
    {
      await using stack = await start('never', 'never');
      const death = Promise.withResolvers<string>();
      stack.onDeath(({ name, exit }) => death.resolve(`${name} ${exit}`));
      await fetch(`${stack.urlOf(bob)}/die`).catch(() => {});
      expect(await death.promise).toBe('bob exit code 9');
      expect(stack.instances().at(-1)?.state).toBe('failed');
    }
    await using stack = await start('again', 'on-failure');
    const deaths: string[] = [];
    stack.onDeath(({ exit }) => deaths.push(exit));
    const first = await ask(stack.urlOf(bob));
    await fetch(`${stack.urlOf(bob)}/die`).catch(() => {});
    await vi.waitFor(async () => expect((await ask(stack.urlOf(bob))).pid).not.toBe(first.pid), soon);
    expect(deaths).toEqual([]);
    await stack.journal.refresh();
    expect(stack.journal.since(1)).toContainEqual(
      expect.objectContaining({
        type: 'note',
        code: 'restarting',
        text: 'bob ended (exit code 9) and is started again in 200 ms: 1 of 5.',
      }),
    );
    // What is killed on purpose stays down.
    await vi.waitFor(() => expect(stack.instances().at(-1)?.state).toBe('ready'), soon);
    await stack.kill('bob');
    expect(stack.instances().at(-1)?.state).toBe('stopped');
  });

  test('that never stays is given up after five restarts, and is dead then', async () => {
    await using folder = await temporaryFolder();
    const sign = join(folder.path, 'die');
    const command = `while [ ! -e '${sign}' ]; do sleep 0.1; done; exit 3`;
    const flaky = script('', { command, restart: 'always' });
    await using stack = await startStack(aStack(folder.path, ['alice'], { services: { flaky } }), { pool });
    const death = Promise.withResolvers<string>();
    stack.onDeath(({ name, exit }) => death.resolve(`${name} ${exit}`));
    await writeFile(sign, '');
    expect(await death.promise).toMatch(/^flaky .*exit code 3/);
    await stack.journal.refresh();
    const notes = stack.journal.since(1).flatMap((one) => (one.type === 'note' ? [one.code] : []));
    expect(notes.filter((code) => code !== 'open')).toEqual([...Array(5).fill('restarting'), 'given-up']);
  });

  test('that ignores its stop signal is killed after its grace, and that is told', async () => {
    await using folder = await temporaryFolder();
    const deaf = `process.on('SIGTERM', () => {});${server}`;
    const command = script(deaf, { ready: http, stop: { signal: 'SIGTERM', graceMs: 100 } });
    await using stack = await startStack(withBob(folder.path, command), { pool });
    const { pid } = await ask(stack.urlOf(bob));
    await stack.restart('bob');
    expect(groupLives(pid)).toBe(false);
    await stack.journal.refresh();
    expect(stack.journal.since(1)).toContainEqual(
      expect.objectContaining({ code: 'unclean-stop', text: 'bob did not stop in order (SIGKILL): serving' }),
    );
  });

  test('is not possible where all users are one process', async () => {
    await using folder = await temporaryFolder();
    const config = withBob(folder.path, script(server), { topology: 'single' });
    await expect(startStack(config, { pool })).rejects.toMatchObject({
      code: 'no-foreign-in-single',
      exit: 2,
      message: expect.stringContaining("bob's backend is not possible in the single topology"),
    });
  });
});

describe('services, tasks and pages', () => {
  test('start in the order of what they depend on, and a task first ends with 0', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'migrated');
    const migrate = `
      const { writeFileSync } = require('node:fs');
      require('node:net').connect(Number(process.env.COLLAB_SERVICE_DATABASE_PORT), '127.0.0.1', function () {
        this.end();
        writeFileSync(${JSON.stringify(file)}, process.env.DATA_DIR);
      });`;
    const needy = `if (!require('node:fs').existsSync(${JSON.stringify(file)})) process.exit(5);${server}`;
    const config = withBob(
      folder.path,
      script(needy, { ready: http, dependsOn: { migrate: 'completed', mail: 'started' } }),
      {
        services: {
          database: script(server, { ready: { tcp: true, withinMs: 20_000 } }),
          mail: script(server, { ready: { log: 'serving', withinMs: 20_000 } }),
        },
        tasks: { migrate: script(migrate, { dependsOn: { database: 'ready' } }) },
      },
    );
    {
      await using stack = await startStack(config, { pool });
      expect(stack.instances().map(({ name, role, state }) => `${name} ${role} ${state}`)).toEqual([
        'links links ready',
        'relay relay ready',
        'database service ready',
        'mail service ready',
        'migrate task stopped',
        'alice backend ready',
        'bob backend ready',
      ]);
      expect(await readFile(file, 'utf8')).toBe(join(folder.path, 'services', 'migrate'));
    }
  });

  test('a task that fails fails the start, by name, and what waits for it is never started', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'started');
    const config = withBob(
      folder.path,
      script(`require('node:fs').writeFileSync(${JSON.stringify(file)}, '')`, {
        dependsOn: { migrate: 'completed' },
      }),
      { tasks: { migrate: script(`console.log('no such table'); process.exit(1)`) } },
    );
    await expect(startStack(config, { pool })).rejects.toMatchObject({
      code: 'task-failed',
      exit: 3,
      message:
        'The task migrate did not end in order (exit code 1). Waiting for it: bob. Its last words:\n  no such table',
    });
    expect(existsSync(file)).toBe(false);
  });

  test('a page of another kind has its user’s port, knows its backend, and ends with the stack', async () => {
    await using folder = await temporaryFolder();
    const config = aStack(folder.path, ['alice', 'bob'], { pages: true });
    const users = config.users.map((one) => ({
      ...one,
      frontend: one.name === bob ? script(server) : ('off' as const),
    }));
    await using stack = await startStack({ ...config, users }, { pool });
    expect(stack.pageUrlOf(alice)).toBeUndefined();
    const { env } = await ask(stack.pageUrlOf(bob) ?? '');
    expect(env).toMatchObject({ REACT_APP_API_URL: stack.urlOf(bob), VITE_API_URL: stack.urlOf(bob) });
    expect(JSON.parse(await readFile(env.COLLAB_SESSION_FILE ?? '', 'utf8'))).toMatchObject({
      user_id: 'bob',
    });
    expect(stack.instances().find(({ name }) => name === 'bob.page')?.role).toBe('frontend');
  });

  test('what cannot be part of a stack is said before anything starts', async () => {
    await using folder = await temporaryFolder();
    const start = (overrides: Partial<StackConfig>) =>
      startStack(aStack(folder.path, ['alice', 'bob'], overrides), { pool });
    const on = (name: string, how: 'ready' | 'completed' = 'ready') =>
      script(server, { dependsOn: { [name]: how } });
    await expect(start({ services: { a: on('b'), b: on('c'), c: on('a') } })).rejects.toMatchObject({
      code: 'depends-in-a-circle',
      message: 'Nobody can start first: a depends on b depends on c depends on a.',
    });
    await expect(start({ services: { a: on('nobody') } })).rejects.toMatchObject({
      code: 'depends-on-nobody',
    });
    await expect(start({ services: { a: on('alice', 'completed') } })).rejects.toMatchObject({
      code: 'never-completes',
    });
    await expect(start({ services: { relay: script(server) } })).rejects.toMatchObject({
      code: 'reserved-name',
    });
    await expect(start({ services: { alice: script(server) } })).rejects.toMatchObject({
      code: 'name-twice',
    });
    await writeFile(join(folder.path, 'nothing-else'), '');
    expect(existsSync(join(folder.path, 'journal'))).toBe(false);
  });
});
