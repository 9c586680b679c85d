import type { DeliveredEvent } from '../../protocol/events.ts';
import type { UserId } from '../../protocol/ids.ts';
import { judgeComment } from '../checks/judge-comment.ts';
import type { SavedEvent } from '../saved-event.ts';
import { applied, type Effect, type EffectContext, notify, refused } from './effect.ts';

export type CommentAdded = Extract<DeliveredEvent, { type: 'comment_added' }>;

/** Adds a comment to the thread; on an own position it goes on to the other readers in the same transaction. */
export function commentAdded(event: CommentAdded, context: EffectContext): Effect {
  const { me, store } = context;
  const { from_user: from, data } = event;
  const { position_id, comment } = data;
  const held = store.positions.find(position_id);
  const judgement = judgeComment({
    me,
    from,
    friendship: store.friends.stateOf(from),
    author: comment.user.id,
    held: held && {
      owner: held.ownerId,
      readers: held.kind === 'own' ? store.shares.readersOf(held.id) : [],
    },
    sameId: store.comments.find(position_id, comment.id)?.comment.user.id,
  });
  if (judgement.do === 'refuse') return refused(judgement.code);
  if (judgement.do === 'ignore') return applied();
  store.comments.add(position_id, comment);
  const what = held && held.kind !== 'fetching' ? held.content.symbol : position_id;
  const notice = notify(context, {
    kind: event.type,
    text: `${comment.user.display_name} commented on ${what}: ${comment.text.slice(0, 200)}`,
    from_user: comment.user.id,
    position_id,
    comment_id: comment.id,
    event_id: event.id,
  });
  return applied([notice], forward(event, judgement.forwardTo, context));
}

function forward(event: CommentAdded, to: readonly UserId[], context: EffectContext): SavedEvent[] {
  if (to.length === 0) return [];
  const { position_id, comment } = event.data;
  const forwarded = {
    type: 'comment_added',
    data: { position_id, comment },
    to,
    ...(event.cause && { cause: event.cause }),
  } as const;
  return [{ id: context.enqueue(forwarded), event: forwarded, request: undefined }];
}
