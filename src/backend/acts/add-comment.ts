import { v7 as uuid } from 'uuid';
import { Refused } from '../../http/refused.ts';
import { commentId, type EventId, type PositionId } from '../../protocol/ids.ts';
import type { Comment, CommentDraft } from '../../protocol/positions.ts';
import { type ActContext, type Done, idsOf, send, visible } from './act.ts';

/** Comments on an own position (told to every reader) or on a copy (told to its owner, who brings it to the others). */
export function addComment(
  id: PositionId,
  draft: CommentDraft,
  context: ActContext,
): Done<{ comment: Comment; event_ids: EventId[] }> {
  const { me, store, now } = context;
  const held = visible(store, id);
  const known = draft.id && store.comments.find(id, draft.id);
  if (known) {
    const { comment, eventId } = known;
    if (comment.user.id !== me.id || comment.text !== draft.text) throw new Refused('conflict');
    return { answer: { comment, event_ids: eventId ? [eventId] : [] }, saved: [], frames: [] };
  }
  const comment: Comment = {
    id: draft.id ?? commentId.parse(uuid()),
    text: draft.text,
    user: me,
    created_at: now,
  };
  const saved = send(context, {
    type: 'comment_added',
    data: { position_id: id, comment },
    to: held.kind === 'own' ? store.shares.readersOf(id) : [held.ownerId],
  });
  store.comments.add(id, comment, saved[0]?.id);
  return { answer: { comment, event_ids: idsOf(saved) }, saved, frames: [] };
}
