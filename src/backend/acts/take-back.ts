import type { SavedEvent } from '../saved-event.ts';
import type { Share } from '../store/shares.ts';
import { type ActContext, send } from './act.ts';

/** Ends a grant and says so to its reader. Call it after the purge, or the purge takes the revoke with it. */
export function takeBack(share: Share, context: ActContext): SavedEvent[] {
  context.store.shares.take(share);
  return sayRevoked(share, context);
}

/**
 * Says revokes once more that a purge may have deleted before they were sent. A reader who has seen one ignores the
 * second; a reader who missed it would keep a copy for good, since a later revoke names another grant.
 */
export function repeatRevokes(
  reader: Share['reader_id'],
  context: ActContext,
  position?: Share['position_id'],
) {
  const { shares } = context.store;
  const awaited = shares
    .awaitedRevokes(reader)
    .filter((revoke) => !position || revoke.position_id === position);
  return awaited.flatMap((revoke) => {
    shares.settleRevoke(revoke.event_id, reader);
    return sayRevoked(revoke, context);
  });
}

function sayRevoked(share: Share, context: ActContext): SavedEvent[] {
  const { position_id, reader_id, share_id } = share;
  const saved = send(context, { type: 'share_revoked', data: { position_id, share_id }, to: [reader_id] });
  for (const { id } of saved) context.store.shares.awaitRevoke(id, share);
  return saved;
}
