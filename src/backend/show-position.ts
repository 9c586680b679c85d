import type { UserId } from '../protocol/ids.ts';
import type { Position } from '../protocol/positions.ts';
import type { Copy, OwnPosition } from './store/positions.ts';

/** A position as its page or a peer sees it; only the owner learns with whom it is shared. */
export function showPosition(
  held: OwnPosition | Copy,
  seenBy: { readonly owner: true; readonly readers: readonly UserId[] } | { readonly owner: false },
): Position {
  return {
    id: held.id,
    owner_id: held.ownerId,
    version: held.version,
    ...held.content,
    created_at: held.createdAt,
    updated_at: held.updatedAt,
    read_only: !seenBy.owner,
    ...(seenBy.owner && { shared_with: [...seenBy.readers] }),
  };
}
