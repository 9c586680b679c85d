import type { DeliveredEvent } from '../../protocol/events.ts';
import type { UserId } from '../../protocol/ids.ts';
import { type PeerReceipts, peerReceipts } from '../../protocol/peer-events.ts';
import type { Receipt } from '../../protocol/receipts.ts';
import { receiptsOf } from '../../protocol/receipts-of.ts';
import type { RoutingVerdict } from '../../protocol/records.ts';
import type { Posted } from './peer-line.ts';

/**
 * What one request to a peer's backend has come to. `reached`: it has taken what it names. `refused`: it is there, and
 * does not know us as a friend. `away`: nobody answers, or not as a backend should, so it is tried again.
 */
export type PostJudgement = {
  readonly receipts: readonly Receipt[];
  /** Why events did not pass, for whoever looks at this stack; nobody else is told. */
  readonly verdict: RoutingVerdict;
} & (
  | { readonly is: 'reached'; readonly displayName: string | undefined; readonly leaving: boolean }
  | { readonly is: 'refused' | 'away' }
);

/** No friend, or a former one: TCP has told already that somebody is there, so this only says that it is not for us. */
const notForUs = new Set([401, 403, 404]);
/** Asking again with the same brings the same. */
const notTaken = new Set([400, 413, 415, 422]);

/** The peer could do nothing with the request as it was, and never will. */
export const isNotTaken = (posted: Posted): boolean =>
  posted.kind !== 'unreachable' && notTaken.has(posted.status);

/** Reads the answer to a request that carried these events, which may be none. */
export function judgePost(to: UserId, events: readonly DeliveredEvent[], posted: Posted): PostJudgement {
  const all = (receipt: Omit<Receipt, 'id' | 'to'>) =>
    events.map(({ id }): Receipt => ({ id, to, ...receipt }));
  if (posted.kind === 'unreachable') {
    return { is: 'away', receipts: all({ stage: 'unavailable' }), verdict: 'offline' };
  }
  const { status, body } = posted;
  if (notForUs.has(status)) {
    return { is: 'refused', receipts: all({ stage: 'unavailable' }), verdict: 'not_friends' };
  }
  const word = status >= 200 && status < 300 ? peerReceipts.safeParse(body).data : undefined;
  if (word) {
    const receipts = word.acks ? receiptsIn(to, events, word) : all({ stage: 'routed', final: true });
    const { display_name: displayName, leaving = false } = word;
    return { is: 'reached', receipts, verdict: 'deliver', displayName, leaving };
  }
  if (notTaken.has(status) && events.length > 0) {
    const receipts = all({ stage: 'refused', code: `http_${status}` });
    return { is: 'reached', receipts, verdict: 'deliver', displayName: undefined, leaving: false };
  }
  return { is: 'away', receipts: all({ stage: 'unavailable' }), verdict: 'slow' };
}

/** An event that the answer does not speak of, neither by name nor by number, was not for this recipient now. */
function receiptsIn(to: UserId, events: readonly DeliveredEvent[], word: PeerReceipts): Receipt[] {
  const named = new Set(word.results.map(({ id }) => id));
  const { epoch, upto = 0, results } = word;
  const silent = events.filter(
    (event) => !named.has(event.id) && !(event.epoch === epoch && (event.seq ?? upto + 1) <= upto),
  );
  // A gap is asked about once, however many events lie behind it.
  const gap = results.some(({ status }) => status === 'nacked');
  const rest = gap ? [] : silent.map(({ id }): Receipt => ({ id, to, stage: 'unavailable' }));
  return [...receiptsOf(to, word), ...rest];
}

/** What becomes of events that are kept back, because their recipient is leaving us. */
export const keptBack = (to: UserId, events: readonly DeliveredEvent[]): PostJudgement => ({
  is: 'reached',
  receipts: events.map(({ id }) => ({ id, to, stage: 'unavailable' })),
  verdict: 'leaving',
  displayName: undefined,
  leaving: true,
});
