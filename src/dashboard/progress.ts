import type { StepRecord } from '../protocol/records.ts';

/** How far one event has got towards one recipient, in one word. */
export interface Progress {
  readonly word:
    | 'saved'
    | 'sent'
    | 'accepted'
    | 'rejected'
    | 'unavailable'
    | 'routed'
    | 'received'
    | 'delivered'
    | 'refused'
    | 'quarantined'
    | 'limited'
    | 'withdrawn'
    | 'fetched'
    | 'stored'
    | 'shown';
  /** Undefined while it is under way. An event that was unavailable may still be delivered. */
  readonly end: 'delivered' | 'undelivered' | undefined;
  /** Why not, in the relay's or the recipient's word. */
  readonly why: string | undefined;
  readonly rank: number;
}

const under = (word: Progress['word'], rank: number): Progress => ({
  word,
  end: undefined,
  why: undefined,
  rank,
});
const held = (word: Progress['word'], rank: number): Progress => ({
  word,
  end: 'delivered',
  why: undefined,
  rank,
});
const not = (word: Progress['word'], rank: number, why?: string): Progress => ({
  word,
  end: 'undelivered',
  why,
  rank,
});

/**
 * The progress after a step; undefined where the step says nothing about it. Records of several processes come in any
 * order, so a step behind the one already seen changes nothing; only a resend (`unavailable`, then `routed`) goes on.
 */
export function delivering(before: Progress | undefined, step: StepRecord): Progress | undefined {
  const next = progressOf(step);
  if (!next) return before;
  if (!before) return next;
  return next.rank > before.rank
    ? { ...next, why: next.why ?? (next.end === before.end ? before.why : undefined) }
    : before;
}

function progressOf(step: StepRecord): Progress | undefined {
  switch (step.step) {
    case 'posted':
      return undefined;
    case 'saved':
      return under('saved', 1);
    case 'sent':
      return under('sent', 2);
    case 'accepted':
      return under('accepted', 3);
    case 'rejected':
      // A limit is no end: the sender asks again.
      return step.code === 'limited' ? not('limited', 4, step.code) : not('rejected', 9, step.code);
    case 'looked_up':
      return step.verdict === 'deliver'
        ? undefined
        : not(step.verdict === 'limited' ? 'limited' : 'unavailable', 4, step.verdict);
    case 'routed':
      return under('routed', 5);
    case 'received':
      return step.duplicate ? undefined : under('received', 6);
    case 'committed':
      return step.outcome === 'applied' ? held('delivered', 7) : not(step.outcome, 7, step.code);
    case 'acknowledged':
      return undefined;
    case 'settled':
      return settled(step.stage, step.code);
    case 'withdrawn':
      return not('withdrawn', 7, step.why);
    case 'fetched':
      return step.status !== undefined && step.status < 300 ? held('fetched', 9) : undefined;
    case 'stored':
      return held('stored', 10);
    case 'notified':
      return undefined;
    case 'shown':
      return held('shown', 11);
    default:
      return step satisfies never;
  }
}

function settled(
  stage: Extract<StepRecord, { step: 'settled' }>['stage'],
  code: string | undefined,
): Progress | undefined {
  switch (stage) {
    case 'delivered':
      return held('delivered', 8);
    case 'refused':
    case 'quarantined':
      return not(stage, 8, code);
    case 'unavailable':
    case 'limited':
      return not(stage, 4, code);
    case 'routed':
      return under('routed', 5);
    case 'nacked':
      return undefined;
    default:
      return stage satisfies never;
  }
}
