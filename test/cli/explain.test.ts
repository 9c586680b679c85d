import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventLine, explanationLines } from '../../src/cli/explain-lines.ts';
import { explainOne, listEvents } from '../../src/cli/explain-run.ts';
import { findRun } from '../../src/cli/run-folder.ts';
import type { JournalRecord } from '../../src/protocol/records.ts';
import { anEvent, aShare } from '../dashboard/builders.ts';

/** A folder with one run of two scenarios, whose journals hold these records. */
async function twoScenarios(first: readonly JournalRecord[], second: readonly JournalRecord[]) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'collab-explain-'));
  const run = join(folder.path, '.collab-dev/runs/20261122-120000-aaaaaa');
  for (const [name, records] of [['01-share', first] as const, ['02-update', second] as const]) {
    await mkdir(join(run, name, 'journal'), { recursive: true });
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    await writeFile(join(run, name, 'journal/relay.1.ndjson'), text);
  }
  return { folder, run };
}

const two = () => twoScenarios(aShare(1), [...aShare(20), ...aShare(21)]);

test('a run of tests is searched through all its scenarios, or in one of them', async () => {
  const { folder, run } = await two();
  await using _ = folder;
  const all = await findRun(folder.path, undefined);
  expect(all.journals.map(({ id }) => id)).toEqual([
    '20261122-120000-aaaaaa/01-share',
    '20261122-120000-aaaaaa/02-update',
  ]);
  expect(await explainOne(all.journals, 'e1')).toMatchObject({
    event: 'e1',
    run: '20261122-120000-aaaaaa/01-share',
  });
  expect((await explainOne(all.journals, 'last')).event).toBe('e21');
  const one = await findRun(folder.path, '20261122-12/02-update');
  expect((await listEvents(one.id, one.journals, {})).events.map(({ event }) => event)).toEqual([
    'e20',
    'e21',
  ]);
  expect((await findRun('/', join(run, '01-share'))).journals).toHaveLength(1);
});

test('what begins with the same letters is listed, and an exact id is taken', async () => {
  const { folder } = await two();
  await using _ = folder;
  const { journals } = await findRun(folder.path, undefined);
  await expect(explainOne(journals, 'e2')).rejects.toMatchObject({
    code: 'ambiguous-event',
    exit: 2,
    message: expect.stringMatching(/^2 events begin with "e2":\n {2}e20 {2}in .*\n {2}e21 {2}in /),
  });
  await expect(explainOne(journals, 'x')).rejects.toMatchObject({ code: 'no-such-event', exit: 5 });
});

test('a list is narrowed by sender, recipient and type; nothing left is said', async () => {
  const { folder } = await twoScenarios(aShare(1), [anEvent(2, 'comment_added').saved()]);
  await using _ = folder;
  const { id, journals } = await findRun(folder.path, undefined);
  const ids = async (filter: Parameters<typeof listEvents>[2]) =>
    (await listEvents(id, journals, filter)).events.map(({ event }) => event);
  expect(await ids({})).toEqual(['e1', 'e2']);
  expect(await ids({ to: 'carol' })).toEqual(['e1']);
  expect(await ids({ type: 'comment_added', from: 'alice' })).toEqual(['e2']);
  await expect(ids({ from: 'bob' })).rejects.toMatchObject({
    exit: 5,
    message: 'No event of this run is from bob.',
  });
});

test('a run without events says so', async () => {
  const { folder } = await twoScenarios([], []);
  await using _ = folder;
  const { id, journals } = await findRun(folder.path, undefined);
  await expect(explainOne(journals, 'last')).rejects.toMatchObject({ exit: 5 });
  await expect(listEvents(id, journals, {})).rejects.toMatchObject({ exit: 5 });
});

test('in lines: the verdict, what shows it, and the ten steps', async () => {
  const { folder } = await two();
  await using _ = folder;
  const { journals } = await findRun(folder.path, undefined);
  const explained = await explainOne(journals, 'e1');
  const lines = explanationLines(explained);
  expect(lines[0]).toMatch(/^e1 {2}position_shared berlin-calls, from alice, at [\d:.]+ in run /);
  expect(lines).toContain('bob: delivered and stored');
  expect(lines).toContain("  shown by      9.0 ms  relay    bob's backend stored its copy");
  expect(lines).toContain('carol: not friends: whom alice and carol named was not seen');
  expect(lines.filter((line) => /^ +\d+\. /.test(line))).toHaveLength(20);
  expect(lines.join('\n')).not.toContain('attempt');
  expect(eventLine(explained)).toMatch(
    /alice position_shared berlin-calls: bob delivered and stored; carol not/,
  );
});
