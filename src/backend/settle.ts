import type { OutboxEntry } from '../protocol/backend-rest.ts';
import { commentData } from '../protocol/events.ts';
import type { PageFrame } from '../protocol/page-socket.ts';
import type { Comment } from '../protocol/positions.ts';
import { nameOf, notify } from './effects/effect.ts';
import type { Store } from './store/store.ts';

/** What follows from a settled outbox row, after its commit. */
export interface Settled {
  readonly frames: readonly PageFrame[];
  readonly friendsChanged: boolean;
}

/** What each kind of event failed to do, for a sentence that begins with the recipient. */
const failures = {
  position_shared: 'did not take the position that was shared',
  position_updated: 'did not take a change',
  comment_added: 'did not take a comment',
  share_revoked: 'did not take a revoke',
} as const;

/**
 * A recipient holds an event, or never will. Runs inside the transaction that settles the row: the last settled revoke
 * ends `leaving`, a comment is in the thread here if the owner has it and only then, and a refusal is shown to the user
 * whose act it was.
 */
export function settle(
  entry: OutboxEntry,
  data: Readonly<Record<string, unknown>>,
  context: { readonly store: Store; readonly now: string },
): Settled {
  const { store } = context;
  const held = store.positions.find(entry.position_id);
  // To its readers the owner's own thread is told, which is here in any case.
  const sent = entry.type === 'comment_added' && held?.kind !== 'own';
  const comment = sent ? commentData.safeParse(data).data?.comment : undefined;
  const awaited = store.shares.settleRevoke(entry.event_id, entry.to);
  const left =
    awaited && store.friends.stateOf(entry.to) === 'leaving' && !store.shares.awaitsRevokes(entry.to);
  if (left) store.friends.remove(entry.to);

  const failed = entry.stage === 'refused' || entry.stage === 'quarantined' || entry.stage === 'expired';
  // Whoever is no friend any more has no copy either: there is nothing for the user to do about it.
  if (comment && failed) store.comments.removeSent(entry.position_id, entry.event_id);
  // The copy may be a later one than the comment was written on, and fetched before its owner had the comment.
  else if (comment && held) store.comments.add(entry.position_id, comment, entry.event_id);
  if (!failed || awaited) return { frames: [], friendsChanged: left };
  return { frames: [showFailure(entry, comment, context)], friendsChanged: left };
}

function showFailure(
  entry: OutboxEntry,
  comment: Comment | undefined,
  context: { readonly store: Store; readonly now: string },
): PageFrame {
  const { store } = context;
  const expired = entry.stage === 'expired';
  const what = `${nameOf(store, entry.to)} ${expired ? 'could not be reached in time and' : ''} ${failures[entry.type]}`;
  const why = entry.code ? ` (${entry.code})` : '';
  // A comment that its owner does not have belongs to nobody's thread; its text goes back to its author here.
  const text = comment ? `: ${comment.text.slice(0, 200)}` : '.';
  return notify(context, {
    kind: expired ? 'expired' : 'refused',
    text: `${what.replace(/ +/g, ' ')}${why}${text}`,
    from_user: entry.to,
    position_id: entry.position_id,
    ...(comment && { comment_id: comment.id }),
    event_id: entry.event_id,
    ...(entry.code && { code: entry.code }),
  });
}
