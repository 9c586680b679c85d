import { Refused } from '../../http/refused.ts';
import type { EventId, UserId } from '../../protocol/ids.ts';
import type { PageFrame } from '../../protocol/page-socket.ts';
import { type ActContext, type Done, idsOf, showOwn } from './act.ts';
import { takeBack } from './take-back.ts';

/**
 * Ends a friendship in one transaction: their copies go here, ours are revoked there, nothing else is sent to them any
 * more. Until the revokes are settled the user is `leaving`, so that the relay still lets those through. To somebody
 * who has left us before they cannot pass, and that looks like being offline, on purpose: they wait until they expire.
 * Nothing hangs on them, since whoever leaves deletes the copies.
 */
export function unfriend(user: UserId, context: ActContext): Done<{ event_ids: EventId[] }> {
  const { store } = context;
  if (store.friends.stateOf(user) !== 'friend') throw new Refused('not_found');
  const copies = store.positions.ofOwner(user);
  for (const { id } of copies) store.positions.remove(id);

  context.purge({ to: user });
  const shares = store.shares.ofReader(user);
  const saved = shares.flatMap((share) => takeBack(share, context));
  if (store.shares.awaitsRevokes(user)) store.friends.set(user, 'leaving');
  else store.friends.remove(user);

  const gone = copies
    .filter(({ kind }) => kind === 'copy')
    .map(({ id }): PageFrame => ({ type: 'position_removed', position_id: id }));
  const unshared = shares.flatMap(({ position_id }): PageFrame[] => {
    const held = store.positions.find(position_id);
    return held?.kind === 'own' ? [{ type: 'position', position: showOwn(store, held) }] : [];
  });
  return {
    answer: { event_ids: idsOf(saved) },
    saved,
    frames: [...gone, ...unshared],
    friendsChanged: true,
  };
}
