import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { balance } from '../../src/stack/balance.ts';
import type { ProcessState } from '../../src/stack/process-state.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { hasRedis } from '../relay/redis-rig.ts';
import { realPool } from '../scenario/rig.ts';
import { aStack, groupLives, puppetPool, temporaryFolder, user } from './rig.ts';

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

const ready: ProcessState = { id: 'ready', url: undefined, startMs: 1 };
const [alice, bob, carol] = [user('alice'), user('bob'), user('carol')];

describe('which node a user is led to', () => {
  const nodes = (...states: ProcessState[]) =>
    states.map((state, index) => ({ name: `relay.${index + 1}`, state }));

  test('users are spread over the nodes', () => {
    const pins = balance([alice, bob, carol], nodes(ready, ready));
    expect([alice, bob, carol].map(pins.of)).toEqual(['relay.1', 'relay.2', 'relay.1']);
  });

  test('a node that runs keeps its users; those of one that does not go to who has the fewest', () => {
    const all = nodes(ready, ready, ready);
    const pins = balance([alice, bob, carol], all);
    expect(pins.moveOn()).toEqual([]);
    all[1] = { name: 'relay.2', state: { id: 'stopping' } };
    const moved = balance([alice, bob, carol], [...all]);
    expect(moved.moveOn()).toEqual([bob]);
    expect(moved.of(bob)).toBe('relay.1');
    expect(moved.moveOn()).toEqual([]);
  });

  test('where no node is ready, and where one is about to be, everybody stays', () => {
    const down = balance([alice, bob], nodes({ id: 'stopped' }, { id: 'failed', exit: 'SIGKILL' }));
    expect(down.moveOn()).toEqual([]);
    const starting = balance([alice, bob], nodes(ready, { id: 'starting', since: 0 }));
    expect(starting.moveOn()).toEqual([]);
  });
});

test('without a redis-server a stack of several nodes does not start, and says what to do', async () => {
  await using folder = await temporaryFolder();
  await using empty = puppetPool({ environment: { PATH: folder.path } });
  const starting = startStack(aStack(folder.path, ['alice'], { relays: 2 }), { pool: empty });
  await expect(starting).rejects.toMatchObject({
    code: 'redis-missing',
    exit: 3,
    hint: expect.stringContaining('redis-server'),
  });
});

if (!hasRedis() && process.env.COLLAB_DEV_REQUIRE_ALL === '1') throw new Error('There is no redis-server.');

describe.skipIf(!hasRedis())('a stack of two nodes', { timeout: 60_000 }, () => {
  const cleanUp = new AsyncDisposableStack();
  let stack: Stack;
  beforeAll(async () => {
    const folder = cleanUp.use(await temporaryFolder());
    stack = cleanUp.use(await startStack(aStack(folder.path, ['alice', 'bob'], { relays: 2 }), { pool }));
  }, 60_000);
  afterAll(() => cleanUp.disposeAsync());

  const roles = () => stack.instances().map(({ name, role, state }) => [name, role, state]);

  test('shows its nodes and its Redis, whose password nobody else can read', async () => {
    expect(roles()).toEqual([
      ['links', 'links', 'ready'],
      ['redis', 'redis', 'ready'],
      ['relay.1', 'relay', 'ready'],
      ['relay.2', 'relay', 'ready'],
      ['alice', 'backend', 'ready'],
      ['bob', 'backend', 'ready'],
    ]);
    const config = join(stack.folder, 'secrets', 'redis.conf');
    expect((await stat(config)).mode & 0o777).toBe(0o600);
    const [, password = 'none'] = /^requirepass (\S+)$/m.exec(await readFile(config, 'utf8')) ?? [];
    expect(JSON.stringify(stack.instances())).not.toContain(password);
    expect(await readFile(join(stack.folder, 'stack.json'), 'utf8')).not.toContain(password);
  });

  test('each backend is on the node that it is led to, and on the other one when that is killed', async () => {
    const usersOn = async (node: string) =>
      (await stack.census()).by
        .get(node)
        ?.links.map(({ user }) => user)
        .sort() ?? [];
    await expect.poll(() => usersOn('relay.1'), { timeout: 20_000 }).toEqual(['alice']);
    await expect.poll(() => usersOn('relay.2'), { timeout: 20_000 }).toEqual(['bob']);
    await stack.kill('relay.2');
    await expect.poll(() => usersOn('relay.1'), { timeout: 20_000 }).toEqual(['alice', 'bob']);
    await stack.start('relay');
    expect(roles()).toContainEqual(['relay.2', 'relay', 'ready']);
    expect(await usersOn('relay.1')).toEqual(['alice', 'bob']);
  });

  test('a name that there is not is said with those that there are', async () => {
    await expect(stack.kill('relay.3')).rejects.toThrow(/links, redis, relay\.1, relay\.2, alice, bob/);
  });
});

test.skipIf(!hasRedis())('its Redis ends with the stack', { timeout: 60_000 }, async () => {
  await using folder = await temporaryFolder();
  const stack = await startStack(aStack(folder.path, ['alice'], { relays: 2 }), { pool });
  const redis = stack.instances().find(({ name }) => name === 'redis');
  expect(groupLives(redis?.pid ?? 0)).toBe(true);
  await stack[Symbol.asyncDispose]();
  expect(groupLives(redis?.pid ?? 0)).toBe(false);
});
