import { describe, expect, test } from 'vitest';
import { decide, type RecipientStream } from '../../src/client/recipient-stream.ts';
import { epoch } from '../../src/protocol/ids.ts';

const now = epoch.parse('now');
const older = epoch.parse('older');
const next = epoch.parse('next');

/** Four events of this life are committed. */
const stream: RecipientStream = { epoch: now, expected: 5, retired: [older] };
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
    expect(decide(stream, arrival(3, false))).toEqual({ verdict: 'stale', stream, skipped: false });
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
      skipped: false,
    });
    expect(decide(stream, { epoch: older, seq: 5, base: 1, known: true })).toEqual({
      verdict: 'duplicate',
      stream,
      skipped: false,
    });
  });
});

test('events without numbers go by their id', () => {
  expect(decide(undefined, { known: false })).toMatchObject({ verdict: 'apply', stream: undefined });
  expect(decide(stream, { known: true })).toEqual({ verdict: 'duplicate', stream, skipped: false });
});
