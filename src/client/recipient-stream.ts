import type { Epoch } from '../protocol/ids.ts';
import { isEarlier } from './epochs.ts';

/**
 * How far the stream of one sender has been committed here, in the sender's numbers. Kept in memory only: after a
 * restart the first event says with its `base` where to go on, and the inbox knows the ids.
 */
export interface RecipientStream {
  readonly epoch: Epoch;
  /** The number that comes next; everything below is committed, or given up by the sender. */
  readonly expected: number;
  /** The highest number that the inbox held when this began: what is not in it and not above was given up. */
  readonly passed: number;
  /**
   * Earlier epochs, newest first: an event that was under way for long must not bring its numbers back. Most of them
   * tell their time; this is for those that do not.
   */
  readonly retired: readonly Epoch[];
}

/** Where the newest event of a sender stood that is in the inbox. */
export interface Place {
  readonly epoch: Epoch;
  readonly seq: number;
}

/** What else is known of the sender. */
export interface Known {
  /** Asked for while there is no stream yet. */
  readonly last: () => Place | undefined;
  /** The newest life that was heard of elsewhere, which may have sent nothing yet. */
  readonly life: Epoch | undefined;
}

/** What an event says about its place, and whether its id is in the inbox. */
export interface Arrival {
  readonly epoch?: Epoch | undefined;
  readonly seq?: number | undefined;
  readonly base?: number | undefined;
  readonly known: boolean;
}

/**
 * `skipped`: events were given up by their sender, or may have been: numbers were skipped, or another life began. It is
 * said once, with the first event that shows it, whatever becomes of that event.
 *
 * - `apply`: `stream` if it is committed, `uncommitted` if it is not (a handler that says later).
 * - `duplicate`: acknowledge it again, apply nothing.
 * - `gap`: something before it is missing; ask for everything from `want` on.
 * - `stale`: a number that was passed, or an epoch, under an id that was never seen. It must not be acknowledged: if its
 *   sender still holds it, it comes again under an epoch later than `above`.
 */
export type Decision =
  | {
      readonly verdict: 'apply';
      readonly stream: RecipientStream | undefined;
      readonly uncommitted: RecipientStream | undefined;
      readonly skipped: boolean;
    }
  | { readonly verdict: 'duplicate'; readonly stream: RecipientStream | undefined; readonly skipped: boolean }
  | {
      readonly verdict: 'gap';
      readonly stream: RecipientStream;
      readonly want: number;
      readonly skipped: boolean;
    }
  | {
      readonly verdict: 'stale';
      readonly stream: RecipientStream | undefined;
      readonly above: Epoch;
      readonly skipped: boolean;
    };

const rememberedEpochs = 8;

/**
 * Decides about one event of one sender. Events without numbers (the brief's own clients) go by their id alone.
 */
export function decide(
  before: RecipientStream | undefined,
  arrival: Arrival,
  { last, life }: Known,
): Decision {
  const { epoch, seq, base = 1, known } = arrival;
  if (epoch === undefined || seq === undefined) {
    if (known) return { verdict: 'duplicate', stream: before, skipped: false };
    return { verdict: 'apply', stream: before, uncommitted: before, skipped: false };
  }
  const held = before ? undefined : last();
  const above = [before?.epoch ?? held?.epoch, life].find(
    (one) => one !== undefined && isEarlier(epoch, one),
  );
  const over = before && before.epoch !== epoch && before.retired.includes(epoch) ? before.epoch : above;
  if (over !== undefined) {
    if (known) return { verdict: 'duplicate', stream: before, skipped: false };
    return { verdict: 'stale', stream: before, above: over, skipped: false };
  }
  const passed = held?.epoch === epoch ? held.seq : 0;
  const opened =
    before?.epoch === epoch ? before : begin(before, { epoch, expected: Math.min(base, seq), passed });
  const jumped = base > opened.expected && base <= seq;
  const skipped = jumped || (before !== undefined && before.epoch !== epoch);
  const stream = jumped ? { ...opened, expected: base } : opened;
  if (!known && (seq < stream.expected || seq <= stream.passed)) {
    return { verdict: 'stale', stream, above: stream.epoch, skipped };
  }
  if (seq === stream.expected) {
    const next = { ...stream, expected: seq + 1 };
    if (known) return { verdict: 'duplicate', stream: next, skipped };
    return { verdict: 'apply', stream: next, uncommitted: stream, skipped };
  }
  return known
    ? { verdict: 'duplicate', stream, skipped }
    : { verdict: 'gap', stream, want: stream.expected, skipped };
}

function begin(
  before: RecipientStream | undefined,
  first: Omit<RecipientStream, 'retired'>,
): RecipientStream {
  const retired = before ? [before.epoch, ...before.retired].slice(0, rememberedEpochs) : [];
  return { ...first, retired };
}
