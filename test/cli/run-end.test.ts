import { expect, test } from 'vitest';
import { runSummary } from '../../src/cli/run-summary.ts';
import { runTally } from '../../src/cli/run-tally.ts';
import { stepping } from '../../src/cli/supervisor/stepping.ts';
import { whatBecame } from '../../src/cli/take-down.ts';
import { eventId, userId } from '../../src/protocol/ids.ts';
import type { Stage } from '../../src/protocol/receipts.ts';
import type { JournalEntry } from '../../src/protocol/records.ts';

const event = eventId.parse('01a203b4-edf0-703d-8428-109b13f9f943');

const settled = (to: string, stage: Stage): JournalEntry => ({
  type: 'step',
  step: 'settled',
  at: 1,
  n: 1,
  process: 'alice',
  event,
  kind: 'position_shared',
  from: userId.parse('alice'),
  to: userId.parse(to),
  stage,
});

test.each([
  ['stopped', 1, 'Run r1 (demo) has stopped; its one process is gone.'],
  ['stopped', 8, 'Run r1 (demo) has stopped; none of its 8 processes is left.'],
  ['killed', 2, 'Run r1 (demo) did not stop in time and was killed; none of its 2 processes is left.'],
  [
    'cleaned',
    1,
    'Run r1 (demo) had lost its supervisor; 1 process of it ended, and what it left is cleaned up.',
  ],
] as const)('what became of a run that was %s, of %i', (how, processes, sentence) => {
  expect(whatBecame({ run: 'r1', name: 'demo', how, processes })).toBe(sentence);
});

test('what came late is not what was missed', () => {
  const tally = runTally();
  tally.take([settled('carol', 'unavailable'), settled('bob', 'unavailable')]);
  expect(tally.lastUndelivered()).toEqual({ event, to: 'bob' });
  tally.take([settled('bob', 'delivered')]);
  expect(tally.lastUndelivered()).toEqual({ event, to: 'carol' });
  tally.take([settled('carol', 'delivered')]);
  expect(tally.lastUndelivered()).toBeUndefined();
});

test('a summary says how to ask why, and that a replay was left before its verdict', () => {
  const lines = runSummary({
    runId: 'r1',
    folder: '.collab-dev/runs/r1',
    command: 'collab-dev',
    play: { state: 'playing', name: 'A share', file: 'a.yaml' },
    counts: { delivered: 1, undelivered: 1 },
    undelivered: { event, to: 'carol' },
  });
  expect(lines).toEqual([
    'Run r1 has ended: 1 delivered, 1 not. It is kept in .collab-dev/runs/r1.',
    'A share: left before its verdict',
    `Why did carol not get it? collab-dev explain ${event}`,
  ]);
});

test('a step waits for its go, one go a step, and for no longer than the run', async () => {
  const steps = stepping();
  expect(steps.go()).toBe(false);
  const first = steps.wait(new AbortController().signal);
  expect(steps.go()).toBe(true);
  await first;
  expect(steps.go()).toBe(false);
  const stop = new AbortController();
  const second = steps.wait(stop.signal);
  stop.abort(new Error('stopped'));
  await expect(second).rejects.toThrow('stopped');
});
