import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLine } from '../../src/journal/lines.ts';
import { type FromChild, fromChild } from '../../src/protocol/control.ts';

const puppet = join(import.meta.dirname, '../fixtures-children/puppet.ts');

let folder: string;
let child: ChildProcess;
let said: FromChild[];
let stderr: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collab-dev-'));
  child = fork(puppet, { silent: true });
  said = [];
  stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  child.on('message', (message) => said.push(fromChild.parse(message)));
  await next('hello');
});

afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

async function next<T extends FromChild['type']>(type: T): Promise<Extract<FromChild, { type: T }>> {
  for (;;) {
    const found = said.find((one) => one.type === type);
    if (found) {
      said.splice(said.indexOf(found), 1);
      return found as Extract<FromChild, { type: T }>;
    }
    await once(child, 'message', { signal: AbortSignal.timeout(30_000) });
  }
}

const target = (generation: number) => ({
  file: join(folder, `alice.${generation}.ndjson`),
  process: 'alice',
  generation,
});

const kindsIn = async (generation: number) =>
  (await readFile(target(generation).file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => readLine(line).kind);

test('a child serves one value after another, each with its own journal file', async () => {
  child.send({ type: 'configure', id: 1, journal: target(1), config: { user_id: 'alice' } });
  const first = await next('ready');
  expect(first.id).toBe(1);
  expect(await (await fetch(`${first.url}/hi`)).text()).toBe('alice heard GET /hi');

  child.send({ type: 'census', id: 2 });
  expect(await next('done')).toMatchObject({ id: 2, census: { runnable: { asked: 0 } } });
  child.send({ type: 'release', id: 3 });
  expect(await next('done')).toEqual({ type: 'done', id: 3 });
  await expect(fetch(`${first.url}/hi`)).rejects.toThrow();

  child.send({ type: 'configure', id: 4, journal: target(2), config: { user_id: 'bob' } });
  const second = await next('ready');
  expect(await (await fetch(`${second.url}/hi`)).text()).toBe('bob heard GET /hi');
  expect(await kindsIn(1)).toEqual(['record', 'end']);
  expect(await kindsIn(2)).toEqual(['record']);
});

test('what a child cannot do is a problem in its answer, and it goes on', async () => {
  child.send({ type: 'census', id: 1 });
  expect((await next('failed')).problem.code).toBe('not-serving');
  child.send({ type: 'configure', id: 2, config: { user_id: 'refuser' } });
  expect((await next('failed')).problem).toMatchObject({ code: 'no-keys', exit: 3 });
  child.send({ type: 'configure', id: 3, config: { port: 'eighty' } });
  expect((await next('failed')).problem.message).toContain('port');
  child.send({ type: 'configure', id: 4, config: {} });
  await next('ready');
  child.send({ type: 'heal', id: 5, fault: 'cut-1' });
  expect((await next('failed')).problem.code).toBe('unable');
});

test.each(['SIGTERM', 'SIGHUP'] as const)('%s ends a child in order', async (signal) => {
  child.send({ type: 'configure', id: 1, journal: target(1), config: {} });
  await next('ready');
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await kindsIn(1)).toEqual(['record', 'end']);
});

test('SIGINT changes nothing: the supervisor decides', async () => {
  child.kill('SIGINT');
  child.send({ type: 'configure', id: 1, config: {} });
  await next('ready');
});

test('a stop is answered before the child goes', async () => {
  child.send({ type: 'configure', id: 1, config: {} });
  await next('ready');
  const exit = once(child, 'exit');
  child.send({ type: 'stop', id: 2 });
  await next('done');
  expect(await exit).toEqual([0, null]);
});

test('a child leaves when the channel closes, even if its value does not want to', async () => {
  child.send({ type: 'configure', id: 1, config: { user_id: 'clinger' } });
  await next('ready');
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a bug ends the child with 70, its stack on stderr and its journal written but not closed', async () => {
  child.send({ type: 'configure', id: 1, journal: target(1), config: {} });
  const { url } = await next('ready');
  // An exit may be told before all of stderr has been read.
  const closed = once(child, 'close');
  await fetch(`${url}/bug`);
  expect(await closed).toEqual([70, null]);
  expect(stderr).toContain('Error: the puppet has a bug\n    at ');
  expect(await kindsIn(1)).toEqual(['record']);
});
