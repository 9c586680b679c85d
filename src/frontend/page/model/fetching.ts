import type { Friend, Notification } from '../../../protocol/backend-rest.ts';
import type { PositionId } from '../../../protocol/ids.ts';
import type { Position } from '../../../protocol/positions.ts';
import type { Placeholder } from './state.ts';

/**
 * Shares that a friend has told of and that are not here: by the newest notification (they come newest first) about
 * each position. Lists of positions hold only what has been fetched.
 */
export function stillFetching(
  positions: ReadonlyMap<PositionId, Position>,
  notifications: readonly Notification[],
  friends: readonly Friend[],
): ReadonlyMap<PositionId, Placeholder> {
  const found = new Map<PositionId, Placeholder>();
  const seen = new Set<PositionId>();
  for (const { kind, position_id: id, from_user: owner } of notifications) {
    if (id === undefined || seen.has(id)) continue;
    seen.add(id);
    if (kind !== 'position_shared' || owner === undefined || positions.has(id)) continue;
    if (friends.some(({ user_id }) => user_id === owner)) found.set(id, { id, owner });
  }
  return found;
}
