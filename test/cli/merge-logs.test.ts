import { expect, test } from 'vitest';
import { mergeLogs, timeOf } from '../../src/cli/merge-logs.ts';

const at = Date.UTC(2026, 10, 22, 12, 0, 1, 204);

test.each([
  ['{"level":"info","time":"2026-11-22T12:00:01.204Z","msg":"ready"}', at],
  ['{"level":30,"time":1795348801204,"msg":"ready"}', at],
  ['2026-11-22T12:00:01.204Z ready', at],
  ['[2026-11-22 13:00:01,204 +0100] ready', at],
  ['2026-11-22T12:00:01.204567+00:00 ready', at],
  ['2026-11-22T12:00:01Z ready', at - 204],
  ['2026-11-22 12:00:01,204 ready', new Date(2026, 10, 22, 12, 0, 1, 204).getTime()],
  ['ready since 2026-11-22T12:00:01.204Z', undefined],
  ['2026-13-42T12:00:01Z ready', undefined],
  ['INFO:     Application startup complete.', undefined],
  ['', undefined],
])('%s', (line, time) => {
  expect(timeOf(line)).toBe(time);
});

test('lines of several logs are in the order of their times, and what has none stays with its neighbour', () => {
  const merged = mergeLogs([
    {
      name: 'alice',
      lines: ['12:00 begin', '2026-11-22T12:00:01Z one', '  of it', '2026-11-22T12:00:04Z four'],
    },
    { name: 'bob', lines: ['no time', 'at all'] },
    {
      name: 'relay',
      lines: ['2026-11-22T12:00:02Z two', '2026-11-22T12:00:00Z late', '2026-11-22T12:00:03Z three'],
    },
  ]);
  expect(merged.map(({ name, line }) => `${name} ${line.split(' ').at(-1)}`)).toEqual([
    'alice begin',
    'bob time',
    'bob all',
    'alice one',
    'alice it',
    'relay two',
    'relay late',
    'relay three',
    'alice four',
  ]);
});
