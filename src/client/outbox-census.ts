import type { SenderStream } from './sender-state.ts';
import { dueCount } from './sender-stream.ts';

export interface OutboxCensus {
  /**
   * Rows that wait for a receipt, rows that may be sent now, and rows that will be sent when a shut bucket opens or a
   * busy recipient is asked again: that comes by itself, too.
   */
  readonly runnable: { readonly in_flight: number; readonly unsent: number; readonly limited: number };
  /** Rows that wait for an absent recipient, or for a connection. */
  readonly parked: { readonly absent: number; readonly offline: number };
}

/** Sorts the pending rows of every recipient; rows without the relay's reply are counted as frames, not here. */
export function outboxCensus(
  pending: readonly { readonly stream: SenderStream | undefined; readonly rows: number }[],
  gated: boolean,
): OutboxCensus {
  const runnable = { in_flight: 0, unsent: 0, limited: 0 };
  const parked = { absent: 0, offline: 0 };
  for (const { stream, rows } of pending) {
    if (!stream?.online) {
      parked.offline += rows;
      continue;
    }
    const answered = countOf(stream, 'accepted') + countOf(stream, 'routed');
    const rest = Math.max(0, rows - answered - countOf(stream, 'submitted'));
    const due = stream.phase.id === 'parked' ? dueCount(stream) : rest;
    const shut = gated || stream.phase.id === 'held';
    runnable.in_flight += answered;
    parked.absent += rest - due;
    if (shut) runnable.limited += due;
    else runnable.unsent += due;
  }
  return { runnable, parked };
}

function countOf(stream: SenderStream, wanted: SenderStream['rows'][number]['state']): number {
  return stream.rows.filter(({ state }) => state === wanted).length;
}
