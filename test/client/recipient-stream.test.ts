import { describe, expect, test } from 'vitest';
import { freshEpoch } from '../../src/client/epochs.ts';
import {
  type Arrival,
  decide as decideAll,
  type Place,
  type RecipientStream,
} from '../../src/client/recipient-stream.ts';
import { type Epoch, epoch } from '../../src/protocol/ids.ts';

const now = epoch.parse('now');
const older = epoch.parse('older');
const next = epoch.parse('next');

function decide(before: RecipientStream | undefined, arrival: Arrival, last?: () => Place, life?: Epoch) {
  return decideAll(before, arrival, { last: last ?? (() => undefined), life });
}

/** Four events of this life are committed. */
const stream: RecipientStream = { epoch: now, expected: 5, passed: 0, retired: [older] };
const arrival = (seq: number, known: boolean, base = 1) => ({ epoch: now, seq, base, known });

describe('within one life of the sender', () => {
  test('the next number is applied', () => {
    expect(decide(stream, arrival(5, false))).toEqual({
      verdict: 'apply',
      stream: { ...stream, expected: 6 },
      uncommitted: stream,
      skipped: false,
    });
  });

  test('a later number is a gap', () => {
    expect(decide(stream, arrival(7, false))).toEqual({ verdict: 'gap', stream, want: 5, skipped: false });
  });

  test('an id that is known is a duplicate wherever it stands, and may be the next number', () => {
    expect(decide(stream, arrival(3, true))).toEqual({ verdict: 'duplicate', stream, skipped: false });
    expect(decide(stream, arrival(7, true))).toEqual({ verdict: 'duplicate', stream, skipped: false });
    expect(decide(stream, arrival(5, true))).toEqual({
      verdict: 'duplicate',
      stream: { ...stream, expected: 6 },
      skipped: false,
    });
  });

  test('a number that was passed under an unknown id is never acknowledged', () => {
    expect(decide(stream, arrival(3, false))).toEqual({
      verdict: 'stale',
      stream,
      above: now,
      skipped: false,
    });
  });

  test('numbers below the base are skipped', () => {
    expect(decide(stream, arrival(9, false, 9))).toMatchObject({
      verdict: 'apply',
      stream: { expected: 10 },
      uncommitted: { expected: 9 },
      skipped: true,
    });
    expect(decide(stream, arrival(9, false, 8))).toMatchObject({ verdict: 'gap', want: 8, skipped: true });
  });
});

describe('another life of the sender', () => {
  test('starts at its base and retires the one before', () => {
    expect(decide(stream, { epoch: next, seq: 2, base: 2, known: false })).toMatchObject({
      verdict: 'apply',
      stream: { epoch: next, expected: 3, retired: [now, older] },
      skipped: true,
    });
    expect(decide(undefined, { epoch: next, seq: 4, base: 2, known: false })).toMatchObject({
      verdict: 'gap',
      want: 2,
    });
  });

  test('may have given something up, which is said with whatever comes first of it', () => {
    const first = { epoch: next, seq: 2, base: 1 };
    expect(decide(stream, { ...first, known: false })).toMatchObject({ verdict: 'gap', skipped: true });
    expect(decide(stream, { ...first, known: true })).toMatchObject({ verdict: 'duplicate', skipped: true });
    expect(decide(undefined, { ...first, known: false })).toMatchObject({ verdict: 'gap', skipped: false });
  });

  test('that is over does not come back', () => {
    expect(decide(stream, { epoch: older, seq: 5, base: 1, known: false })).toEqual({
      verdict: 'stale',
      stream,
      above: now,
      skipped: false,
    });
    expect(decide(stream, { epoch: older, seq: 5, base: 1, known: true })).toEqual({
      verdict: 'duplicate',
      stream,
      skipped: false,
    });
  });
});

describe('a life that tells its time', () => {
  const [earlier, later] = [freshEpoch(1000, Math.random), freshEpoch(2000, Math.random)];
  const first = { seq: 1, base: 1, known: false };
  const present: RecipientStream = { epoch: later, expected: 3, passed: 0, retired: [] };

  test('does not begin any more once a later one has, though it was never seen', () => {
    expect(decide(present, { ...first, epoch: earlier })).toEqual({
      verdict: 'stale',
      stream: present,
      above: later,
      skipped: false,
    });
    expect(decide(present, { ...first, epoch: earlier, known: true })).toMatchObject({
      verdict: 'duplicate',
    });
  });

  test('does not begin or go on any more once a later one was heard of', () => {
    const next = freshEpoch(3000, Math.random);
    const heard = (epoch: Epoch) => decide(present, { ...first, epoch, seq: 3 }, undefined, next);
    expect(heard(later)).toMatchObject({ verdict: 'stale', stream: present, above: next });
    expect(heard(next)).toMatchObject({ verdict: 'gap', skipped: true });
    expect(decide(undefined, { ...first, epoch: earlier }, undefined, later)).toMatchObject({
      verdict: 'stale',
    });
  });

  test('begins after an earlier one, and after and before one that tells none', () => {
    const began = { verdict: 'apply', skipped: true };
    expect(decide({ ...present, epoch: earlier }, { ...first, epoch: later })).toMatchObject(began);
    expect(decide(stream, { ...first, epoch: earlier })).toMatchObject(began);
    expect(decide(present, { ...first, epoch: now })).toMatchObject(began);
  });
});

describe('after a start of ours, the newest event in the inbox', () => {
  const last = () => ({ epoch: now, seq: 4 });

  test('says what was passed, but not that everything below was settled', () => {
    expect(decide(undefined, arrival(4, true, 3), last)).toMatchObject({
      verdict: 'duplicate',
      stream: { expected: 3, passed: 4 },
    });
    expect(decide(undefined, arrival(3, false, 3), last)).toMatchObject({ verdict: 'stale', above: now });
    expect(decide(undefined, arrival(5, false, 5), last)).toMatchObject({ verdict: 'apply', skipped: false });
  });

  test('keeps an earlier life of its sender from beginning', () => {
    const [earlier, later] = [freshEpoch(1000, Math.random), freshEpoch(2000, Math.random)];
    const late = { epoch: earlier, seq: 1, base: 1, known: false };
    expect(decide(undefined, late, () => ({ epoch: later, seq: 4 }))).toEqual({
      verdict: 'stale',
      stream: undefined,
      above: later,
      skipped: false,
    });
    expect(decide(undefined, late, last)).toMatchObject({ verdict: 'apply' });
  });
});

test('events without numbers go by their id', () => {
  expect(decide(undefined, { known: false })).toMatchObject({ verdict: 'apply', stream: undefined });
  expect(decide(stream, { known: true })).toEqual({ verdict: 'duplicate', stream, skipped: false });
});
