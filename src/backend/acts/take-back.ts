import type { SavedEvent } from '../saved-event.ts';
import type { Share } from '../store/shares.ts';
import { type ActContext, send } from './act.ts';

/**
 * Ends a grant and says so to its reader. Every revoke is awaited until it is settled, also one of an older grant: a
 * reader who missed it would keep that copy for good, since a later revoke names another grant. So a purge leaves
 * revokes alone.
 */
export function takeBack(share: Share, context: ActContext): SavedEvent[] {
  const { position_id, reader_id, share_id } = share;
  context.store.shares.take(share);
  const saved = send(context, { type: 'share_revoked', data: { position_id, share_id }, to: [reader_id] });
  for (const { id } of saved) context.store.shares.awaitRevoke(id, reader_id);
  return saved;
}
