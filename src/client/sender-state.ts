import type { OutboxEntry } from '../protocol/backend-rest.ts';
import type { Epoch, EventId } from '../protocol/ids.ts';
import type { Receipt, SubmitReply } from '../protocol/receipts.ts';

/**
 * The outbox of one recipient as far as it is in the air: a pure machine with go-back-N. It is fed with what happened
 * and answers with the rows that moved; what may be sent now is asked for with `takeSends` (sender-stream.ts).
 *
 *                 rows                unavailable, absent
 *      idle ───────────────► sending ─────────────────────► parked
 *        ▲                   ▲ │ │ ▲                           │
 *        └── all settled ────┼─┘ │ └── routed, wake, nack ─────┘
 *                            │   │ limited, busy
 *                  in time   │   ▼
 *                            └─ held
 *
 * Being disconnected is beside it: nothing is sent, and everything held is due again. A parked stream sends its first
 * row on every sweep, and each new row once, so that every event gets its verdict and a wake that was lost does no harm.
 */
export interface SenderStream {
  readonly epoch: Epoch;
  readonly nextSeq: number;
  readonly phase: Phase;
  readonly online: boolean;
  /** Taken in and not settled, oldest first, at most a window. */
  readonly rows: readonly HeldRow[];
  /** The newest row ever taken in, and whether the table may hold later ones. */
  readonly lastTaken: number;
  readonly more: boolean;
  /** Nacks and silences since the recipient was last heard of. */
  readonly strikes: number;
  /** When everything is sent again unless something is heard; the sweep, or sooner. */
  readonly resendAt: number;
}

/** `sending` without rows is idle. */
export type Phase =
  | { readonly id: 'sending' }
  | { readonly id: 'parked' }
  | { readonly id: 'held'; readonly until: number };

/**
 * - `due`: to be sent, or sent again. In a stream that sends, due rows are always the last ones.
 * - `submitted`, `accepted`: on its way, before and after the relay's reply.
 * - `routed`, `unavailable`: what the recipient's relay said about the last attempt.
 */
export type RowState = 'due' | 'submitted' | 'accepted' | 'routed' | 'unavailable';

export interface HeldRow {
  /** The row in the table. */
  readonly n: number;
  readonly id: EventId;
  readonly state: RowState;
  /** The number under the stream's epoch, given at the first send. */
  readonly seq: number | undefined;
  /** How often it was sent since this client started. */
  readonly sends: number;
  /** Must not share its frame with other recipients: it is a resend, or such a frame was rejected. */
  readonly alone: boolean;
  /** When a submitted row counts as lost. */
  readonly replyBy: number;
}

export interface SenderSettings {
  readonly window: number;
  readonly sweepMs: number;
  readonly replyTimeoutMs: number;
}

/** Time and chance, from outside. `now` in ms; `random` is in [0, 1). */
export interface Moment {
  readonly now: number;
  readonly random: () => number;
}

export type SenderInput =
  /** The table may hold rows that were not taken in. */
  | { readonly type: 'added' }
  /** Rows of the table after `lastTaken`, in order. */
  | { readonly type: 'rows'; readonly rows: readonly { n: number; id: EventId }[]; readonly more: boolean }
  /** Rows that are not to be sent any more: purged or expired. */
  | { readonly type: 'dropped'; readonly rows: ReadonlySet<number> }
  /** Rows that were never sent carry another event now. */
  | { readonly type: 'replaced'; readonly rows: ReadonlyMap<number, EventId> }
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }
  /** The relay's word about a submitted frame; `shared` if it had further recipients. */
  | { readonly type: 'reply'; readonly n: number; readonly reply: SubmitReply; readonly shared: boolean }
  /** Receipts about this recipient, as they came in one frame. */
  | { readonly type: 'receipts'; readonly receipts: readonly Receipt[] }
  /** What was said up to here, on either side, is not to count any more. */
  | { readonly type: 'restarted' }
  | { readonly type: 'wake' }
  /** The recipient was told to be offline. */
  | { readonly type: 'absent' }
  | { readonly type: 'tick' };

/** A row of the table that is to be written: its new stage, and whether that is the last one. */
export interface Move {
  readonly n: number;
  readonly id: EventId;
  readonly stage: OutboxEntry['stage'];
  readonly code?: string | undefined;
  readonly settled?: true;
}

export interface Step {
  readonly stream: SenderStream;
  readonly moves: readonly Move[];
}

/** A stream as a client's start leaves it: nothing taken in, not connected, numbers from 1. */
export function newSenderStream(epoch: Epoch): SenderStream {
  return {
    epoch,
    nextSeq: 1,
    phase: { id: 'sending' },
    online: false,
    rows: [],
    lastTaken: 0,
    more: true,
    strikes: 0,
    resendAt: Number.POSITIVE_INFINITY,
  };
}
