import { isDeepStrictEqual } from 'node:util';
import { v7 as uuid } from 'uuid';
import { Refused } from '../../http/refused.ts';
import { positionId } from '../../protocol/ids.ts';
import type { Position, PositionDraft } from '../../protocol/positions.ts';
import { type ActContext, type Done, showOwn, visible } from './act.ts';

/** Writes a new position. The same draft under the same id again answers what became of it: a POST can be repeated. */
export function createPosition(draft: PositionDraft, { me, store, now }: ActContext): Done<Position> {
  const id = draft.id ?? positionId.parse(uuid());
  const held = store.positions.find(id);
  if (held) {
    if (held.kind !== 'own' || !isDeepStrictEqual(held.draft, draft)) throw new Refused('conflict');
    return { answer: showOwn(store, held), saved: [], frames: [] };
  }
  store.positions.createOwn(id, me.id, draft, now);
  const created = visible(store, id);
  if (created.kind !== 'own') throw new Refused('conflict');
  const position = showOwn(store, created);
  return { answer: position, saved: [], frames: [{ type: 'position', position }] };
}
