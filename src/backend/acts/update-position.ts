import { fetchInstead, updateBytes } from '../../client/merge-updates.ts';
import type { EventId, PositionId } from '../../protocol/ids.ts';
import { type Position, type PositionChange, positionContent } from '../../protocol/positions.ts';
import type { OwnPosition } from '../store/positions.ts';
import { type ActContext, changeable, type Done, idsOf, send, showOwn } from './act.ts';

/** Changes an own position and tells its readers what is different. */
export function updatePosition(
  id: PositionId,
  change: PositionChange,
  context: ActContext,
): Done<{ position: Position; event_ids: EventId[] }> {
  const { store, now } = context;
  const held = changeable(store, id);
  const content = positionContent.parse({ ...held.content, ...change });
  const changed: OwnPosition = { ...held, version: held.version + 1, content, updatedAt: now };
  store.positions.change(id, changed.version, content, now);
  const saved = send(context, {
    type: 'position_updated',
    data: { position_id: id, ...carried(change, changed.version) },
    to: store.shares.readersOf(id),
  });
  const position = showOwn(store, changed);
  return { answer: { position, event_ids: idsOf(saved) }, saved, frames: [{ type: 'position', position }] };
}

function carried(change: PositionChange, version: number) {
  return Buffer.byteLength(JSON.stringify(change)) <= updateBytes
    ? { updates: change, version }
    : fetchInstead(version);
}
