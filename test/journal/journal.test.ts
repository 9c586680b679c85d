import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { targetOf, writerOf } from '../../src/journal/files.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { readRun } from '../../src/journal/read-run.ts';
import { openJournalWriter } from '../../src/journal/writer.ts';
import { fromChild } from '../../src/protocol/control.ts';
import type { Happening, JournalEntry } from '../../src/protocol/records.ts';

let runFolder: string;

beforeEach(async () => {
  runFolder = await mkdtemp(join(tmpdir(), 'collab-dev-'));
});
afterEach(async () => {
  await rm(runFolder, { recursive: true });
});

const note = (text: string): Happening => ({ type: 'note', level: 'info', code: 'test', text });
const texts = (entries: readonly JournalEntry[]) =>
  entries.map((entry) => (entry.type === 'note' ? entry.text : entry.type));
const complain = (sentence: string) => {
  throw new Error(sentence);
};

test('what several processes and the owner tell is one numbered journal, told to subscribers in batches', async () => {
  await using journal = openJournal({ runFolder });
  const heard: JournalEntry[] = [];
  journal.subscribe((entries) => heard.push(...entries));
  const target = targetOf(runFolder, 'alice', 1);
  journal.follow(target);
  using alice = openJournalWriter(target, { complain, ring: () => journal.ring(target) });
  alice.tell(note('one'));
  alice.tell(note('two'));
  journal.tell(note('from the owner'));
  alice.flush();
  await journal.refresh();
  expect(journal).toMatchObject({ first: 1, last: 3 });
  expect(texts(journal.since(1)).sort()).toEqual(['from the owner', 'one', 'two']);
  expect(heard).toEqual(journal.since(1));
  expect(journal.since(3).map(({ n }) => n)).toEqual([3]);
  expect(heard.find((one) => one.process === 'stack')).toMatchObject({ text: 'from the owner' });
});

test('a bell alone brings what was written, without anybody asking', async () => {
  await using journal = openJournal({ runFolder });
  const target = targetOf(runFolder, 'alice', 1);
  journal.follow(target);
  const heard = new Promise((resolve) => journal.subscribe(resolve));
  using alice = openJournalWriter(target, {
    complain,
    ring(rung) {
      journal.ring(target);
      rung();
    },
  });
  alice.tell(note('one'));
  expect(await heard).toMatchObject([{ n: 1, process: 'alice', text: 'one' }]);
});

test('a file without an end mark is a gap, one with it is none', async () => {
  await using journal = openJournal({ runFolder });
  const [first, second] = [targetOf(runFolder, 'alice', 1), targetOf(runFolder, 'alice', 2)];
  journal.follow(first);
  const dying = openJournalWriter(first, { complain, ring: () => {} });
  dying.tell(note('last words'));
  dying.flush();
  await journal.leave(first);
  journal.follow(second);
  openJournalWriter(second, { complain, ring: () => {} })[Symbol.dispose]();
  await journal.leave(second);
  await journal.refresh();
  expect(texts(journal.since(1))).toEqual(['last words', 'gap']);
});

test('only the newest entries are kept in memory, the files keep all', async () => {
  const journal = openJournal({ runFolder, keep: 10 });
  for (let n = 1; n <= 100; n += 1) {
    journal.tell(note(`${n}`));
    await journal.refresh();
  }
  expect(journal.last).toBe(100);
  expect(journal.since(1).length).toBeGreaterThanOrEqual(10);
  expect(journal.since(1).length).toBeLessThanOrEqual(11);
  expect(journal.since(1)[0]?.n).toBe(journal.first);
  await journal[Symbol.asyncDispose]();
  expect(await readRun(runFolder)).toHaveLength(100);
});

test('half a line and a line of another version are skipped, half a letter is not', async () => {
  const { file } = targetOf(runFolder, 'alice', 1);
  await using journal = openJournal({ runFolder });
  const line = `${JSON.stringify({ at: 1, ...note('grüße') })}\n`;
  const bytes = Buffer.from(line);
  const middle = bytes.indexOf('ü') + 1;
  await writeFile(file, Buffer.concat([bytes, bytes.subarray(0, middle)]));
  const target = targetOf(runFolder, 'alice', 1);
  journal.follow(target);
  await journal.refresh();
  expect(texts(journal.since(1))).toEqual(['grüße']);
  const rest = Buffer.concat([
    bytes.subarray(middle),
    Buffer.from('{"at":1,"type":"from the future"}\n{"at":'),
  ]);
  await writeFile(file, rest, { flag: 'a' });
  await journal.refresh();
  expect(texts(journal.since(1))).toEqual(['grüße', 'grüße']);
});

test('a disk that is full is complained about once, and the product goes on', async () => {
  const complaints: string[] = [];
  const target = { file: '/dev/full', process: 'alice', generation: 1 };
  const writer = openJournalWriter(target, { ring: () => {}, complain: (text) => complaints.push(text) });
  for (let n = 0; n < 3; n += 1) {
    writer.tell(note('lost'));
    writer.flush();
  }
  writer[Symbol.dispose]();
  writer.tell(note('after the end'));
  expect(complaints).toEqual([expect.stringMatching(/^The journal \/dev\/full cannot be written: ENOSPC/)]);
});

test('a turn of the event loop is one write and at most one ring, and an unanswered ring is not repeated', async () => {
  const target = targetOf(runFolder, 'alice', 1);
  let rings = 0;
  const answers: (() => void)[] = [];
  using writer = openJournalWriter(target, {
    complain,
    ring(rung) {
      rings += 1;
      answers.push(rung);
    },
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (let n = 0; n < 1000; n += 1) writer.tell(note(`${n}`));
  expect(statSync(target.file).size).toBe(0);
  await turn();
  for (let n = 0; n < 20; n += 1) {
    writer.tell(note('more'));
    await turn();
  }
  expect((await readFile(target.file, 'utf8')).split('\n')).toHaveLength(1021);
  expect(rings).toBe(1);
});

test('what was written survives a SIGKILL of its writer', async () => {
  const child = fork(join(import.meta.dirname, '../fixtures-children/puppet.ts'), { silent: true });
  // Several messages may come at once: whoever waited for one after another would miss the second.
  const ready = new Promise<string>((resolve) => {
    child.on('message', (raw) => {
      const message = fromChild.parse(raw);
      if (message.type === 'ready') resolve(message.url ?? '');
    });
  });
  await once(child, 'message');
  const target = targetOf(runFolder, 'alice', 1);
  child.send({ type: 'configure', id: 1, journal: target, config: { user_id: 'alice' } });
  const url = await ready;
  await fetch(`${url}/journal`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(texts(await readRun(runFolder))).toEqual(['alice is open', '0', '1', '2', '3', '4']);
});

test.each([
  ['relay.1.ndjson', { process: 'relay', generation: 1 }],
  ['j.doe@example.com.12.ndjson', { process: 'j.doe@example.com', generation: 12 }],
  ['relay.ndjson', undefined],
  ['relay.0.ndjson', undefined],
])('%s is written by %o', (name, writer) => {
  expect(writerOf(name)).toEqual(writer);
});
