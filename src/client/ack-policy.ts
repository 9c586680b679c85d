import type { InboxRecord } from '../protocol/backend-rest.ts';
import type { EventId } from '../protocol/ids.ts';
import type { AckResult } from '../protocol/receipts.ts';
import type { Outcome } from './inbox-table.ts';

/** What came of an event: an outcome that is committed, with its record if it was written just now, or nothing yet. */
export type Attempt =
  | { readonly outcome: Outcome; readonly record: InboxRecord | undefined }
  | { readonly laterMs: number };

/**
 * What its sender is told about an event: how it came out, once that is committed, and never before. A sender that
 * hears anything but `nacked` forgets the event.
 */
export function answerTo(id: EventId, attempt: Attempt): AckResult {
  if ('laterMs' in attempt) {
    return { id, status: 'nacked', code: 'busy', retry_after_ms: Math.round(attempt.laterMs) };
  }
  const { outcome, code } = attempt.outcome;
  if (outcome === 'applied') return { id, status: 'delivered' };
  const word = code?.replace(/[^A-Za-z0-9_.:-]/g, '_').slice(0, maxCode);
  return { id, status: outcome, ...(word !== undefined && { code: word }) };
}

/** As much of a code as an acknowledgement may carry; what does not belong into a word is replaced. */
const maxCode = 64;
