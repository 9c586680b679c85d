import fc from 'fast-check';
import { expect, test } from 'vitest';
import { givenBy, needOf } from '../../src/journal/causality.ts';
import { causalMerge, type Merged, mergeComplete } from '../../src/journal/merge.ts';
import type { JournalRecord } from '../../src/protocol/records.ts';
import { lifeOf, step } from './builders.ts';

const processes = ['alice', 'relay', 'bob', 'page'];

/** The files of a run in which these events happened: each process wrote its part in order. */
function filesOf(events: readonly string[]): Map<string, JournalRecord[]> {
  const files = new Map(processes.map((name): [string, JournalRecord[]] => [name, []]));
  for (const event of events) {
    for (const { process, record } of lifeOf(event)) files.get(process)?.push(record);
  }
  return files;
}

function expectOrder(told: readonly Merged[], files: ReadonlyMap<string, readonly JournalRecord[]>): void {
  for (const [process, records] of files) {
    expect(told.filter((one) => one.process === process).map(({ record }) => record)).toEqual(records);
  }
  const seen = new Set<string>();
  for (const { record } of told) {
    const need = needOf(record);
    if (need) expect(seen).toContain(`${need.event} ${need.step}`);
    const given = givenBy(record);
    if (given) seen.add(`${given.event} ${given.step}`);
  }
}

const events = fc
  .integer({ min: 1, max: 5 })
  .map((count) => Array.from({ length: count }, (_, n) => `e${n}`));

/** In which order the files are read, and how much of one at a time. */
const reads = fc.infiniteStream(fc.record({ process: fc.constantFrom(...processes), count: fc.nat(6) }));

test('however the files are read, each process stays in its order and no effect comes before its cause', () => {
  fc.assert(
    fc.property(events, reads, (names, schedule) => {
      const files = filesOf(names);
      const left = new Map([...files].map(([process, records]) => [process, [...records]]));
      const merge = causalMerge();
      for (const process of processes) merge.join(process);
      const told: Merged[] = [];
      for (const { process, count } of schedule) {
        const some = left.get(process)?.splice(0, count) ?? [];
        told.push(...merge.take(process, some, 0));
        if ([...left.values()].every(({ length }) => length === 0)) break;
      }
      expect(merge.due()).toBeUndefined();
      expectOrder(told, files);
    }),
  );
});

test('a finished run is merged in causal order whatever its clocks say', () => {
  const clocks = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 75, maxLength: 75 });
  fc.assert(
    fc.property(events, clocks, (names, times) => {
      let n = 0;
      const files = new Map(
        [...filesOf(names)].map(([process, records]) => [
          process,
          records.map((record) => ({ ...record, at: times[n++] ?? 0 })),
        ]),
      );
      expectOrder(mergeComplete(files), files);
    }),
  );
});

const names = (told: readonly Merged[]) =>
  told.map(({ record }) => (record.type === 'step' ? record.step : record.type));

test('what never comes is waited for a second, with everything behind it', () => {
  const merge = causalMerge();
  merge.join('relay');
  merge.join('bob');
  expect(merge.take('bob', [step('received'), step('committed')], 1000)).toEqual([]);
  expect(merge.due()).toBe(2000);
  expect(merge.expire(1999)).toEqual([]);
  expect(names(merge.expire(2000))).toEqual(['received', 'committed']);
  expect(merge.due()).toBeUndefined();
});

test('nobody waits for a process that writes no journal, or writes no more', () => {
  const merge = causalMerge();
  merge.join('bob');
  expect(names(merge.take('bob', [step('received')], 0))).toEqual(['received']);
  merge.join('relay');
  expect(merge.take('bob', [step('received', { event: 'other' })], 0)).toEqual([]);
  expect(names(merge.end('relay', 0))).toEqual(['received']);
});

test('what a process left behind before its end is still waited for', () => {
  const merge = causalMerge();
  for (const process of processes) merge.join(process);
  merge.take('relay', [step('accepted'), step('routed')], 0);
  merge.take('bob', [step('received')], 0);
  expect(merge.end('relay', 0)).toEqual([]);
  expect(names(merge.take('alice', [step('sent')], 0))).toEqual(['sent', 'accepted', 'routed', 'received']);
});
