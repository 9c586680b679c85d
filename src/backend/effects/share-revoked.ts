import type { DeliveredEvent } from '../../protocol/events.ts';
import { judgeRevoke } from '../checks/judge-revoke.ts';
import { applied, type Effect, type EffectContext, nameOf, notify, refused } from './effect.ts';

export type ShareRevoked = Extract<DeliveredEvent, { type: 'share_revoked' }>;

/** Deletes a copy, or the place held for it, with its comments and its fetch job. */
export function shareRevoked(event: ShareRevoked, context: EffectContext): Effect {
  const { store } = context;
  const { from_user, id, data } = event;
  const held = store.positions.find(data.position_id);
  const judgement = judgeRevoke({
    from: from_user,
    friendship: store.friends.stateOf(from_user),
    held: held && { owner: held.ownerId, shareId: held.kind === 'own' ? undefined : held.shareId },
    shareId: data.share_id,
  });
  if (judgement.do === 'refuse') return refused(judgement.code);
  store.endedShares.note(from_user, data.share_id);
  if (judgement.do === 'ignore' || !held) return applied();
  store.positions.remove(held.id);
  // Its user never saw what was not stored yet.
  if (held.kind === 'fetching') return applied();
  const notice = notify(context, {
    kind: event.type,
    text: `${nameOf(store, from_user)} no longer shares ${held.content.symbol}.`,
    from_user,
    position_id: held.id,
    event_id: id,
  });
  return applied([{ type: 'position_removed', position_id: held.id }, notice]);
}
