import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linkFault } from '../../src/protocol/links-config.ts';
import { tokenVerifier } from '../../src/protocol/token-verifier.ts';
import { inWords, whereIn } from '../../src/stack/fault-words.ts';
import { createIssuer } from '../../src/stack/issuer.ts';
import { LaneQueue } from '../../src/stack/links/lane-queue.ts';
import { diallerOf } from '../../src/stack/links/request-head.ts';
import { output } from '../../src/stack/output.ts';
import { next, type ProcessChange, type ProcessState } from '../../src/stack/process-state.ts';
import { slots } from '../../src/stack/slots.ts';
import { temporaryFolder, user } from './rig.ts';

const live = (...changes: ProcessChange[]) => changes.reduce<ProcessState>(next, { id: 'stopped' });
const start: ProcessChange = { type: 'start', at: 100 };
const ready: ProcessChange = { type: 'ready', at: 150, url: 'http://x' };
const exit: ProcessChange = { type: 'exit', exit: 'SIGKILL' };

test('a process fails where nobody asked it to end, and stops where somebody did', () => {
  expect(live(start, ready)).toEqual({ id: 'ready', url: 'http://x', startMs: 50 });
  expect(live(start, exit)).toEqual({ id: 'failed', exit: 'SIGKILL' });
  expect(live(start, ready, exit)).toEqual({ id: 'failed', exit: 'SIGKILL' });
  expect(live(start, ready, { type: 'stop' }, exit)).toEqual({ id: 'stopped' });
  expect(live(start, { type: 'stop' }, ready)).toEqual({ id: 'stopping' });
  expect(live(start, exit, start, ready).id).toBe('ready');
  expect(live(exit, { type: 'stop' }, ready)).toEqual({ id: 'stopped' });
});

test('a paused process is resumed, stopped, or dies', () => {
  const pause: ProcessChange = { type: 'pause' };
  const resume: ProcessChange = { type: 'resume' };
  expect(live(start, ready, pause)).toEqual({ id: 'paused', url: 'http://x', startMs: 50 });
  expect(live(start, ready, pause, resume)).toEqual(live(start, ready));
  expect(live(start, ready, pause, { type: 'stop' }, exit)).toEqual({ id: 'stopped' });
  expect(live(start, ready, pause, exit)).toEqual({ id: 'failed', exit: 'SIGKILL' });
  expect([live(start, pause).id, live(start, ready, resume).id]).toEqual(['starting', 'ready']);
});

test.each([
  [{ verb: 'cut' }, ''],
  [{ verb: 'drop' }, 'everything, the connection stays open'],
  [{ verb: 'drop', type: 'wake', nth: 22 }, 'wake, the 22nd'],
  [{ verb: 'reset', chance: 0.25 }, '25 % of them'],
  [{ verb: 'duplicate', type: 'collab_ack', nth: 11, by_ms: 30 }, 'collab_ack, the 11th, again after 30 ms'],
  [{ verb: 'delay', by_ms: 100 }, '100 ms late'],
  [{ verb: 'delay', by_ms: 100, jitter_ms: 50, nth: 3 }, 'the 3rd, 100 to 150 ms late'],
  [{ verb: 'throttle', bytes_per_second: 2000 }, '2000 bytes a second'],
])('what the fault %j does is said as "%s"', (fault, words) => {
  const place = { id: 'f', from: 'alice', to: 'relay', both: true };
  expect(inWords(linkFault.parse({ ...place, ...fault }))).toBe(words);
  expect(whereIn(place)).toBe('alice ↔ relay');
});

test('what was put aside in a lane waits for the end of the message that is being written', () => {
  let written = '';
  let isOver = false;
  const queue = new LaneQueue({
    write: (bytes) => {
      written += bytes.toString();
    },
    end: () => {
      isOver = true;
    },
    eased: () => {},
  });
  const bytes = (text: string) => Buffer.from(text);
  queue.aside({ bytes: bytes('[late]'), ms: 60_000, by: ['d'] });
  queue.add({ bytes: bytes('[fi'), ends: false, ms: 0 });
  queue.release('d');
  queue.end();
  expect([written, isOver, queue.size]).toEqual(['[fi', false, 6]);
  queue.add({ bytes: bytes('rst]'), ends: true, ms: 0 });
  queue.release('another');
  expect([written, isOver, queue.size]).toEqual(['[first][late]', true, 0]);
});

test('a token of this run is believed for its user and audience, and by no other run', async () => {
  const alice = user('alice');
  const issuer = await createIssuer(() => 'Alice A.');
  const verify = tokenVerifier(issuer.trust, 'collab-relay');
  expect(await verify(await issuer.tokenFor(alice, 'collab-relay', 60))).toMatchObject({
    ok: true,
    claims: { sub: 'alice', name: 'Alice A.' },
  });
  expect(await verify(await issuer.tokenFor(alice, 'collab-relay', -60))).toEqual({
    ok: false,
    code: 'token_expired',
  });
  expect(await verify(await issuer.tokenFor(alice, 'collab-backend:alice', 60))).toMatchObject({ ok: false });
  const other = await createIssuer(() => undefined);
  expect(await verify(await other.tokenFor(alice, 'collab-relay', 60))).toMatchObject({ ok: false });
});

const bearer = (payload: string) => `x.${Buffer.from(payload).toString('base64url')}.y`;

test.each([
  [`GET / HTTP/1.1\r\nHost: x\r\nauthorization:  bearer ${bearer('{"sub":"bob"}')}\r\n\r\n`, 'bob'],
  [`POST /x HTTP/1.1\r\nAuthorization: Bearer ${bearer('{"sub":"bob"}')}\r\n\r\nbody`, 'bob'],
  ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '*'],
  [`GET / HTTP/1.1\r\nAuthorization: Bearer ${bearer('not json')}\r\n\r\n`, '*'],
  [`GET / HTTP/1.1\r\n\r\nAuthorization: Bearer ${bearer('{"sub":"bob"}')}\r\n\r\n`, '*'],
  ['GE', undefined],
  ['GET / HTTP/1.1\r\nHost: x\r\n', undefined],
  ['\u0016\u0003\u0001', '*'],
  [`GET /${'x'.repeat(70_000)}`, '*'],
])('the head %j is by %s', (head, who) => {
  expect(diallerOf(Buffer.from(head))).toBe(who);
});

test('output goes whole to its file, and its last 32 lines without colours and bells to memory', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'alice.log');
  using out = output();
  out.write(Buffer.from('nobody keeps this'));
  out.moveTo(file);
  const text = `${Array.from({ length: 40 }, (_, n) => `line ${n}\n`).join('')}\u001b[31mred\u001b[0m\u0007 half`;
  for (let at = 0; at < text.length; at += 7) out.write(Buffer.from(text.slice(at, at + 7)));
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(out.lastLines()).toHaveLength(32);
  expect(out.lastLines().at(0)).toBe('line 9');
  expect(out.lastLines().at(-1)).toBe('red half');
  out.moveTo(undefined);
  expect(out.lastLines()).toEqual([]);
  writeFileSync(file, '');
  out.write(Buffer.alloc(10_000_000, 'x'));
  expect(out.lastLines()[0]?.length).toBe(2000);
});

test('no more than so many run at a time, in the order in which they came', async () => {
  const take = slots(2);
  const begun: number[] = [];
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const done = gates.map((gate, n) =>
    take(async () => {
      begun.push(n);
      await gate.promise;
    }),
  );
  expect(begun).toEqual([0, 1]);
  gates[1]?.reject(new Error('one fails'));
  await expect(done[1]).rejects.toThrow();
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  for (const { resolve } of gates) resolve();
  await Promise.all([done[0], done[2], done[3]]);
  expect(begun).toEqual([0, 1, 2, 3]);
});
