import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { readRun } from '../../src/journal/read-run.ts';
import type { JournalEntry } from '../../src/protocol/records.ts';
import { leftoversOf } from '../../src/stack/run-folder.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { aStack, groupLives, puppetPool, temporaryFolder, user } from './rig.ts';

/** Shared, as in a test run: whatever is done to a stack must not be felt by the next one. */
const pool = puppetPool();
afterAll(() => pool[Symbol.asyncDispose]());

const states = (entries: readonly JournalEntry[], name: string) =>
  entries.flatMap((entry) => (entry.type === 'process' && entry.name === name ? [entry.state] : []));

test('a stack starts links and relay before backends, reaches them through their hops, and leaves nothing', async () => {
  await using folder = await temporaryFolder();
  await using pool = puppetPool({ fresh: true });
  const pids: number[] = [];
  {
    await using stack = await startStack(aStack(folder.path, ['alice', 'bob']), { pool });
    const instances = stack.instances();
    expect(instances.map(({ name, state }) => [name, state])).toEqual([
      ['links', 'ready'],
      ['relay', 'ready'],
      ['alice', 'ready'],
      ['bob', 'ready'],
    ]);
    for (const { pid } of instances) if (pid) pids.push(pid);
    expect(pids.map(groupLives)).toEqual([true, true, true, true]);
    expect(await (await fetch(`${stack.urlOf(user('alice'))}/hi`)).text()).toBe('alice heard GET /hi');

    await stack.journal.refresh();
    const ready = stack.journal
      .since(1)
      .flatMap((entry) => (entry.type === 'process' && entry.state === 'ready' ? [entry.name] : []));
    expect(ready.slice(0, 2).sort()).toEqual(['links', 'relay']);
    expect(ready.slice(2).sort()).toEqual(['alice', 'bob']);

    const token = decodeJwt(await stack.tokenFor(user('alice'), 'collab-relay', -60));
    expect(token).toMatchObject({ sub: 'alice', aud: 'collab-relay', name: 'alice' });
    expect(token.exp).toBeLessThan(Date.now() / 1000);

    const { by } = await stack.census();
    expect(by.get('bob')).toMatchObject({ runnable: { asked: 0 } });
    expect(await stack.emit(user('bob'), { type: 'x' })).toEqual({ status: 'accepted' });

    const file = JSON.parse(await readFile(join(folder.path, 'stack.json'), 'utf8'));
    expect(file).toMatchObject({ run_id: 'run-1', relay_url: stack.relayUrl });
    expect(JSON.parse(await readFile(join(folder.path, 'pids.json'), 'utf8'))).toHaveLength(4);
  }
  expect(pids.map(groupLives)).toEqual([false, false, false, false]);
  const entries = await readRun(folder.path);
  expect(states(entries, 'alice')).toEqual(['starting', 'ready', 'stopping', 'stopped']);
  expect(entries.filter(({ type }) => type === 'gap')).toEqual([]);
});

test('a backend that dies while starting is named at once, with its exit and last words', async () => {
  await using folder = await temporaryFolder();
  const config = aStack(folder.path, ['alice', 'crasher']);
  await expect(startStack(config, { pool })).rejects.toMatchObject({
    code: 'died-while-starting',
    exit: 3,
    message: expect.stringMatching(
      /^crasher died while starting \(exit code 7\)\. Its last words:\n {2}reading settings\n {2}cannot find my keys$/,
    ),
  });
  expect(states(await readRun(folder.path), 'crasher')).toEqual(['starting', 'failed']);
});

test('a backend that refuses its settings, is a stranger or sleeps is named with the reason', async () => {
  await using folder = await temporaryFolder();
  const start = (name: string, startMs?: number) =>
    startStack(aStack(join(folder.path, name), ['alice', name]), { pool, ...(startMs && { startMs }) });
  await expect(start('refuser')).rejects.toMatchObject({
    code: 'no-keys',
    message: 'refuser cannot start: The refuser has no keys.',
  });
  await expect(start('stranger')).rejects.toMatchObject({ code: 'strangers-server' });
  await expect(start('sleeper', 5000)).rejects.toMatchObject({
    code: 'not-ready',
    message: expect.stringContaining('sleeper was not ready after 5 s: it has not answered its settings.'),
  });
});

test('a taken port is named with its holder before anything is started', async () => {
  await using folder = await temporaryFolder();
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(
    startStack(aStack(folder.path, ['alice'], { ports: { relay: port, firstBackend: 0 } }), { pool }),
  ).rejects.toMatchObject({
    code: 'port-taken',
    exit: 3,
    message: expect.stringMatching(
      new RegExp(`^Port ${port}, for the relay, is held by process ${process.pid} \\(.+\\)\\.$`),
    ),
    hint: expect.stringContaining('--ports auto'),
  });
  await expect(readFile(join(folder.path, 'pids.json'))).rejects.toThrow('ENOENT');
});

test('a killed backend stays down, leaves a gap, and comes back with its ports and a new generation', async () => {
  await using folder = await temporaryFolder();
  await using stack = await startStack(aStack(folder.path, ['alice', 'bob']), { pool });
  const deaths: string[] = [];
  stack.onDeath(({ name, exit }) => deaths.push(`${name} ${exit}`));
  const url = stack.urlOf(user('bob'));

  await stack.kill('bob');
  expect(stack.instances().find(({ name }) => name === 'bob')?.state).toBe('stopped');
  await expect(fetch(url)).rejects.toThrow();
  expect((await stack.census()).by.get('bob')).toBeUndefined();
  await expect(stack.kill('bob')).rejects.toMatchObject({ code: 'not-running' });

  await stack.start('bob');
  expect(stack.urlOf(user('bob'))).toBe(url);
  expect(await (await fetch(url)).text()).toBe('bob heard GET /');
  await stack.restart('relay');
  await stack.restart('links');
  expect(await (await fetch(url)).text()).toBe('bob heard GET /');

  await stack.journal.refresh();
  const entries = stack.journal.since(1);
  expect(states(entries, 'bob')).toEqual(['starting', 'ready', 'stopped', 'starting', 'ready']);
  expect(entries).toContainEqual(expect.objectContaining({ type: 'gap', name: 'bob', generation: 1 }));
  expect(entries.filter(({ process }) => process === 'bob').map((one) => one.type)).toEqual(['note', 'note']);
  expect(deaths).toEqual([]);
});

test('a paused backend keeps its connections and does nothing until it goes on; it is not used again', async () => {
  await using folder = await temporaryFolder();
  await using pool = puppetPool();
  let pid = 0;
  {
    await using stack = await startStack(aStack(folder.path, ['alice', 'bob', 'carol']), { pool });
    const bob = () => stack.instances().find(({ name }) => name === 'bob');
    pid = bob()?.pid ?? 0;
    await stack.pause('bob');
    expect(bob()).toMatchObject({ state: 'paused', pid });
    expect((await stack.census()).by.get('bob')).toBeUndefined();
    await expect(stack.emit(user('bob'), { type: 'x' })).rejects.toMatchObject({ code: 'paused' });
    await expect(stack.pause('bob')).rejects.toMatchObject({ code: 'not-running' });

    // It takes the connection, and answers only when it goes on.
    let answered = false;
    const answer = fetch(stack.urlOf(user('bob'))).then((response) => {
      answered = true;
      return response.text();
    });
    await fetch(stack.urlOf(user('alice')));
    expect(answered).toBe(false);
    await stack.resume('bob');
    expect(await answer).toBe('bob heard GET /');
    await expect(stack.resume('bob')).rejects.toMatchObject({ code: 'not-paused' });

    await stack.pause('alice');
    await stack.kill('alice');
    await stack.pause('carol');
    await stack.restart('carol');
    await stack.pause('bob');
    await stack.pause('links');
    await stack.journal.refresh();
    expect(states(stack.journal.since(1), 'bob').slice(1)).toEqual(['ready', 'paused', 'ready', 'paused']);
  }
  expect(groupLives(pid)).toBe(false);
  expect(states(await readRun(folder.path), 'bob').at(-1)).toBe('stopped');
});

test('a death that nobody asked for is told with its last words', async () => {
  await using folder = await temporaryFolder();
  await using stack = await startStack(aStack(folder.path, ['alice']), { pool });
  const death = new Promise((resolve) => stack.onDeath(resolve));
  await fetch(`${stack.urlOf(user('alice'))}/bug`);
  expect(await death).toMatchObject({
    name: 'alice',
    exit: 'exit code 70',
    lastLines: expect.arrayContaining(['Error: the puppet has a bug']),
  });
  expect(stack.instances().find(({ name }) => name === 'alice')?.state).toBe('failed');
  await stack.start('alice');
  expect(stack.instances().find(({ name }) => name === 'alice')?.state).toBe('ready');
});

test('a cut is in force when it resolves, outlives the links process, and says what it touched when healed', async () => {
  await using folder = await temporaryFolder();
  await using stack = await startStack(aStack(folder.path, ['alice', 'bob']), { pool });
  const bob = await stack.tokenFor(user('bob'), 'collab-backend:alice');
  const asks = (token?: string) =>
    fetch(stack.urlOf(user('alice')), {
      headers: { connection: 'close', ...(token && { authorization: `Bearer ${token}` }) },
    }).then(
      () => 'answered',
      () => 'reset',
    );
  expect(await asks(bob)).toBe('answered');
  const fault = await stack.cut({ from: 'bob', to: 'alice', both: false });
  expect(stack.faults()).toEqual([fault]);
  expect([await asks(bob), await asks()]).toEqual(['reset', 'answered']);
  await stack.restart('links');
  expect([await asks(bob), await asks()]).toEqual(['reset', 'answered']);
  expect(await stack.heal({ name: 'bob' })).toEqual([{ ...fault, touched: 1 }]);
  expect(await asks(bob)).toBe('answered');

  await stack.cut({ from: 'alice', to: 'relay', both: true });
  await stack.kill('links');
  expect(await stack.heal('everyone')).toMatchObject([{ from: 'alice', touched: 0 }]);
  await expect(stack.cut({ from: 'alice', to: 'carol', both: true })).rejects.toMatchObject({
    message: 'There is no link from alice to carol.',
  });
  await expect(stack.heal({ id: 'cut-9' })).rejects.toMatchObject({ code: 'no-such-fault' });
  await stack.journal.refresh();
  expect(stack.journal.since(1).filter(({ type }) => type === 'fault')).toMatchObject([
    { state: 'in_force', what: 'bob → alice' },
    { state: 'healed', touched: 1 },
    { state: 'in_force', what: 'alice ↔ relay' },
    { state: 'healed', touched: 0 },
  ]);
});

test('without links everything is dialled directly, and nothing can be cut', async () => {
  await using folder = await temporaryFolder();
  await using stack = await startStack(aStack(folder.path, ['alice'], { links: false }), { pool });
  const url = stack.urlOf(user('alice'));
  expect(stack.instances().map(({ name }) => name)).toEqual(['relay', 'alice']);
  await expect(stack.cut({ from: 'alice', to: 'relay', both: true })).rejects.toMatchObject({
    code: 'no-links',
  });
  await stack.kill('alice');
  await stack.start('alice');
  expect(stack.urlOf(user('alice'))).toBe(url);
  expect(await (await fetch(url)).text()).toBe('alice heard GET /');
});

test('an aborted start ends what it began, and an abort later ends the stack', async () => {
  await using folder = await temporaryFolder();
  const early = new AbortController();
  const start = startStack(aStack(join(folder.path, '1'), ['alice', 'sleeper']), {
    pool,
    signal: early.signal,
  });
  setTimeout(() => early.abort(new Error('never mind')), 300);
  await expect(start).rejects.toThrow('never mind');

  const late = new AbortController();
  const stack = await startStack(aStack(join(folder.path, '2'), ['alice']), { pool, signal: late.signal });
  const url = stack.urlOf(user('alice'));
  late.abort();
  await stack[Symbol.asyncDispose]();
  await expect(fetch(url)).rejects.toThrow();
});

test('a relay is held to little memory, and a backend is left as Node has it', async () => {
  await using folder = await temporaryFolder();
  await using stack = await startStack(aStack(folder.path, ['alice']), { pool });
  const told = async (url: string) => (await fetch(`${url}/node-options`)).json();
  expect(await told(stack.relayUrl)).toContainEqual(expect.stringMatching(/^--max-semi-space-size=\d+$/));
  expect(await told(stack.urlOf(user('alice')))).toEqual([]);
});

test('stacks from warm processes start none, and have new instances', async () => {
  await using folder = await temporaryFolder();
  await using pool = puppetPool();
  const pids = new Set<number | undefined>();
  for (let round = 1; round <= 6; round += 1) {
    await using stack = await startStack(aStack(join(folder.path, `${round}`), ['alice', 'bob']), { pool });
    for (const { pid } of stack.instances()) pids.add(pid);
    expect((await stack.census()).by.get('bob')).toMatchObject({ runnable: { asked: 0 } });
  }
  expect(pids.size).toBe(4);
});

test('a value that does not end is killed with its process, and the stack ends all the same', async () => {
  await using folder = await temporaryFolder();
  await using pool = puppetPool({ graceMs: 300 });
  const pids: number[] = [];
  {
    await using stack = await startStack(aStack(folder.path, ['clinger']), { pool });
    const pid = stack.instances().find(({ name }) => name === 'clinger')?.pid;
    if (pid) pids.push(pid);
  }
  expect(pids.map(groupLives)).toEqual([false]);
  expect(await readRun(folder.path)).toContainEqual(
    expect.objectContaining({ type: 'note', code: 'unclean-stop' }),
  );
});

test('what a backend has started ends with it, even when it holds the same stdout', async () => {
  await using folder = await temporaryFolder();
  await using pool = puppetPool({ fresh: true });
  await using stack = await startStack(aStack(folder.path, ['spawner']), { pool });
  const pidOf = () => stack.instances().find(({ name }) => name === 'spawner')?.pid ?? 0;
  const first = pidOf();
  await stack.kill('spawner');
  expect(groupLives(first)).toBe(false);
  await stack.start('spawner');
  const second = pidOf();
  await stack.restart('spawner');
  expect(groupLives(second)).toBe(false);
  expect(await leftoversOf(folder.path)).toHaveLength(3);
});

test('a relay that comes back waits until its port is free again', async () => {
  await using folder = await temporaryFolder();
  await using stack = await startStack(aStack(folder.path, ['alice']), { pool });
  const url = stack.relayUrl;
  // The kernel gives away what is above (ip(7)), also while it is down.
  expect(Number(new URL(url).port)).toBeLessThan(32_768);
  await stack.kill('relay');
  const holder = createServer().listen(Number(new URL(url).port), '127.0.0.1');
  await once(holder, 'listening');
  const refused = new Promise<void>((resolve) => {
    stack.journal.subscribe((entries) => {
      if (entries.some((entry) => entry.type === 'note' && entry.code === 'port-taken')) resolve();
    });
  });
  const back = stack.start('relay');
  await refused;
  holder.close();
  await back;
  expect(stack.relayUrl).toBe(url);
  expect(await (await fetch(url)).text()).toBe('relay heard GET /');
});

test.each(['relay', 'links'])('a user cannot be called %s', async (name) => {
  await expect(startStack(aStack('/nowhere', [name]))).rejects.toMatchObject({ code: 'reserved-name' });
});
