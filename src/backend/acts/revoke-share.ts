import { Refused } from '../../http/refused.ts';
import type { EventId, PositionId, UserId } from '../../protocol/ids.ts';
import type { Position } from '../../protocol/positions.ts';
import { type ActContext, changeable, type Done, idsOf, showOwn } from './act.ts';
import { takeBack } from './take-back.ts';

/** Takes a grant back: what its reader has not been sent is no longer sent, the copy goes away. */
export function revokeShare(
  id: PositionId,
  reader: UserId,
  context: ActContext,
): Done<{ position: Position; event_ids: EventId[] }> {
  const { store } = context;
  const held = changeable(store, id);
  const share = store.shares.find(id, reader);
  if (!share) throw new Refused('not_found');
  context.purge({ to: reader, position: id });
  const saved = takeBack(share, context);
  const position = showOwn(store, held);
  return {
    answer: { position, event_ids: idsOf(saved) },
    saved,
    frames: [{ type: 'position', position }],
  };
}
