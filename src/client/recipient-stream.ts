import type { Epoch } from '../protocol/ids.ts';

/**
 * How far the stream of one sender has been committed here, in the sender's numbers. Kept in memory only: after a
 * restart the first event says with its `base` where to go on, and the inbox knows the ids.
 */
export interface RecipientStream {
  readonly epoch: Epoch;
  /** The number that comes next; everything below is committed, or given up by the sender. */
  readonly expected: number;
  /** Earlier epochs, newest first: an event that was under way for long must not bring its numbers back. */
  readonly retired: readonly Epoch[];
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
 * - `stale`: a number that was passed, under an id that was never seen. It must not be acknowledged.
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
  | { readonly verdict: 'stale'; readonly stream: RecipientStream; readonly skipped: boolean };

const rememberedEpochs = 8;

/** Decides about one event of one sender. Events without numbers (the brief's own clients) go by their id alone. */
export function decide(before: RecipientStream | undefined, arrival: Arrival): Decision {
  const { epoch, seq, base = 1, known } = arrival;
  if (epoch === undefined || seq === undefined) {
    if (known) return { verdict: 'duplicate', stream: before, skipped: false };
    return { verdict: 'apply', stream: before, uncommitted: before, skipped: false };
  }
  if (before?.retired.includes(epoch)) {
    return { verdict: known ? 'duplicate' : 'stale', stream: before, skipped: false };
  }
  const opened = before?.epoch === epoch ? before : begin(before, epoch, Math.min(base, seq));
  const jumped = base > opened.expected && base <= seq;
  const skipped = jumped || (before !== undefined && before.epoch !== epoch);
  const stream = jumped ? { ...opened, expected: base } : opened;
  if (seq === stream.expected) {
    const passed = { ...stream, expected: seq + 1 };
    if (known) return { verdict: 'duplicate', stream: passed, skipped };
    return { verdict: 'apply', stream: passed, uncommitted: stream, skipped };
  }
  if (known) return { verdict: 'duplicate', stream, skipped };
  return seq < stream.expected
    ? { verdict: 'stale', stream, skipped }
    : { verdict: 'gap', stream, want: stream.expected, skipped };
}

function begin(before: RecipientStream | undefined, epoch: Epoch, expected: number): RecipientStream {
  const retired = before ? [before.epoch, ...before.retired].slice(0, rememberedEpochs) : [];
  return { epoch, expected, retired };
}
