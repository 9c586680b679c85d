import type { EventType } from '../protocol/events.ts';
import type { UserId } from '../protocol/ids.ts';
import type { RoutingVerdict } from '../protocol/records.ts';
import { type Declarer, listsFriend, tie } from './friendship.ts';

/** What is known about one candidate recipient at the moment of routing. */
export interface Candidate {
  readonly user: UserId;
  /** Its lists, if it is connected here. */
  readonly connected: Declarer | undefined;
  /** It was connected here once. */
  readonly known: boolean;
  /** More waits to be read by it than the soft limit allows. */
  readonly slow: boolean;
}

/**
 * Decides who gets an event now. Sends nothing, and keeps nothing: what is not delivered stays in the sender's outbox.
 * The verdicts are for the journal; on the wire all but `deliver` and `limited` look the same. `limited` is not decided
 * here: only what may be delivered costs a token of the pair.
 */
export function routingVerdict(sender: Declarer, type: EventType, candidate: Candidate): RoutingVerdict {
  const { user, connected, known, slow } = candidate;
  if (!connected) {
    if (!known) return 'unknown';
    const ever = listsFriend(sender, user) || sender.lists.leaving.has(user);
    return ever ? 'offline' : 'not_friends';
  }
  switch (tie(sender, connected)) {
    case 'none':
      return 'not_friends';
    case 'leaving':
      if (type !== 'share_revoked') return 'leaving';
      break;
    case 'friends':
      break;
  }
  return slow ? 'slow' : 'deliver';
}
