import type { UserId } from '../../protocol/ids.ts';
import type { Friendship } from '../store/friends.ts';

export interface ReadFacts {
  readonly me: UserId;
  readonly caller: UserId;
  /** What the caller is to this user; of no matter for the user's own page. */
  readonly friendship: Friendship;
  readonly held: { readonly owner: UserId; readonly readers: readonly UserId[] } | undefined;
}

/**
 * May this user read the position? A peer only what is our own and shared with it: copies are not passed on. And only a
 * friend: a stranger may be named in a share, also one who was a friend and whose key is still known here, but gets
 * nothing before both sides are friends.
 */
export function mayRead({ me, caller, friendship, held }: ReadFacts): boolean {
  if (!held) return false;
  if (caller === me) return true;
  return friendship === 'friend' && held.owner === me && held.readers.includes(caller);
}
