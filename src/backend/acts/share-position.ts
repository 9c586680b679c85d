import { v7 as uuid } from 'uuid';
import { Refused } from '../../http/refused.ts';
import { type EventId, type PositionId, shareId, type UserId } from '../../protocol/ids.ts';
import type { Position } from '../../protocol/positions.ts';
import { type ActContext, changeable, type Done, idsOf, send, showOwn } from './act.ts';

/**
 * Grants others a read-only copy, all or none of them. Who has one already gets no second event. A stranger may be
 * named: the relay hands nothing over before both sides are friends, and until then the event waits in the outbox.
 * Somebody whom the user is parting from may not, since a grant would contradict the revokes under way.
 */
export function sharePosition(
  id: PositionId,
  friends: readonly UserId[],
  context: ActContext,
): Done<{ position: Position; event_ids: EventId[] }> {
  const { me, store, now, publicUrl } = context;
  const held = changeable(store, id);
  if (friends.includes(me.id)) throw new Refused('conflict', { detail: 'Nobody shares with themselves.' });
  const parting = friends.find((friend) => store.friends.stateOf(friend) === 'leaving');
  if (parting) throw new Refused('not_friends', { detail: `${parting} is no longer your friend.` });

  const added = [...new Set(friends)].filter((friend) => !store.shares.find(id, friend));
  const share = shareId.parse(uuid());
  for (const friend of added) store.shares.grant(id, friend, share, now);
  const saved = send(context, {
    type: 'position_shared',
    data: {
      position_id: id,
      share_url: `${publicUrl}/api/v1/positions/ideas/${id}`,
      shared_at: now,
      version: held.version,
      share_id: share,
    },
    to: added,
  });
  const position = showOwn(store, held);
  return {
    answer: { position, event_ids: idsOf(saved) },
    saved,
    frames: added.length > 0 ? [{ type: 'position', position }] : [],
  };
}
