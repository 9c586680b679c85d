import { expect, test } from 'vitest';
import { plainLines } from '../../src/journal/line.ts';
import { tenSteps } from '../../src/journal/ten-steps.ts';
import { eventId } from '../../src/protocol/ids.ts';
import { type JournalEntry, type JournalRecord, journalRecord } from '../../src/protocol/records.ts';
import { bob, lifeOf, step } from './builders.ts';

const entries = (life: readonly { process: string; record: JournalRecord }[]): JournalEntry[] =>
  life.map(({ process, record }, index) => ({ ...record, at: 1000 + index, n: index + 1, process }));

const stepsOf = (life: readonly { process: string; record: JournalRecord }[]) =>
  tenSteps(entries(life), eventId.parse('event-1')).get(bob) ?? [];

test('a shared position that arrives has all ten steps of the brief, in order', () => {
  const steps = stepsOf(lifeOf('event-1'));
  expect(steps.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(steps.map(({ missing }) => missing).filter(Boolean)).toEqual([]);
  expect(steps.map(({ process }) => process)).toEqual([
    ...['alice', 'alice', 'alice', 'alice', 'relay', 'relay'],
    ...['bob', 'bob', 'bob', 'page'],
  ]);
  expect(steps.map(({ msSinceStart }) => msSinceStart)).toEqual([0, 0, 1, 2, 4, 5, 11, 12, 13, 14]);
});

test('a comment is stored where it is committed, with nothing to fetch', () => {
  const life = lifeOf('event-1')
    .filter(({ record }) => record.type === 'step' && !['fetched', 'stored'].includes(record.step))
    .map((one) => ({ ...one, record: { ...one.record, kind: 'comment_added' } as JournalRecord }));
  expect(stepsOf(life).filter(({ missing }) => missing)).toEqual([]);
});

const until = (name: string, last: JournalRecord, process: string) => {
  const life = lifeOf('event-1');
  const end = life.findIndex(({ record }) => record.type === 'step' && record.step === name);
  return [...life.slice(0, end), { process, record: last }];
};

test.each([
  [
    'a stranger',
    until('looked_up', step('looked_up', { verdict: 'not_friends' }), 'relay'),
    6,
    'not friends',
  ],
  ['a spoofer', until('accepted', step('rejected', { code: 'spoofed' }), 'relay'), 5, 'a sender other than'],
  [
    'no access',
    until('committed', step('committed', { outcome: 'refused', code: 'no_access' }), 'bob'),
    7,
    'no access',
  ],
  ['a fetch', until('fetched', step('fetched', { status: 404, code: undefined }), 'bob'), 7, '404'],
])('%s ends the steps with the reason', (_who, life, from, reason) => {
  const missing = stepsOf(life).filter((one) => one.missing);
  expect(missing[0]).toMatchObject({ n: from, missing: expect.stringContaining(reason) });
  expect(missing).toHaveLength(11 - from);
});

test('a second attempt that succeeds takes the reason away, and a resend does not move the times', () => {
  const life = lifeOf('event-1');
  const failed = { process: 'bob', record: step('fetched', { status: 503 }) };
  const again = { process: 'relay', record: step('routed') };
  const steps = stepsOf([...life.slice(0, 11), failed, ...life.slice(11), again]);
  expect(steps.filter(({ missing }) => missing)).toEqual([]);
  expect(steps[5]?.msSinceStart).toBe(5);
});

const record = (raw: unknown): JournalRecord => journalRecord.parse(raw);
const lines = (life: readonly { process: string; record: JournalRecord }[]) => {
  const lineOf = plainLines((at) => `${at}`);
  return entries(life).flatMap((entry) => lineOf(entry) ?? []);
};

test('an event is a line for each outcome, with how long it took', () => {
  expect(lines(lifeOf('event-1'))).toEqual([
    '1006 alice → bob position_shared berlin-calls routed (none) 6 ms',
    '1010 alice → bob position_shared berlin-calls delivered (none) 10 ms',
  ]);
});

test('refusals, deaths, faults and verdicts are lines, everything else is not', () => {
  const at = 0;
  const from = (process: string, raw: unknown) => ({ process, record: record(raw) });
  expect(
    lines([
      { process: 'relay', record: step('rejected', { code: 'spoofed', to: undefined }) },
      { process: 'bob', record: step('fetched', { status: 404 }) },
      from('stack', { type: 'process', at, name: 'bob', state: 'ready', pid: 1 }),
      from('stack', {
        type: 'process',
        at,
        name: 'bob',
        state: 'failed',
        exit: 'exit code 70',
        last_lines: ['a', 'Error: b'],
      }),
      from('stack', { type: 'process', at, name: 'bob', state: 'stopped', exit: 'SIGKILL', wanted: true }),
      from('stack', { type: 'process', at, name: 'bob', state: 'paused' }),
      from('stack', { type: 'process', at, name: 'bob', state: 'ready' }),
      from('stack', { type: 'fault', at, id: 'cut-1', verb: 'cut', what: 'bob → relay', state: 'in_force' }),
      from('stack', {
        type: 'fault',
        at,
        id: 'cut-1',
        verb: 'cut',
        what: 'bob → relay',
        state: 'healed',
        touched: 2,
      }),
      from('stack', {
        type: 'scenario',
        at,
        name: 'tour',
        file: 'tour.yaml',
        state: 'ended',
        verdict: 'passed',
      }),
      from('relay', { type: 'note', at, level: 'warn', code: 'x', text: 'two\n  lines' }),
      from('relay', { type: 'presence', at, user: 'bob', status: 'online' }),
    ]),
  ).toEqual([
    '1000 alice position_shared berlin-calls rejected (spoofed)',
    '1001 alice → bob position_shared berlin-calls fetch failed (404)',
    '1003 bob died (exit code 70): Error: b',
    '1004 bob was killed',
    '1005 bob is paused',
    '1006 bob goes on',
    '1007 fault cut bob → relay',
    '1008 healed cut bob → relay, it touched 2',
    '1009 scenario tour passed',
    '1010 relay: two lines',
  ]);
});
