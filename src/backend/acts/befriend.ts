import { Refused } from '../../http/refused.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { ActContext, Done } from './act.ts';

/** Declares a friend. Nothing is told to that user: routing needs both sides, and the relay knows when it has them. */
export function befriend(user: UserId, { me, store }: ActContext): Done<UserId> {
  if (user === me.id) throw new Refused('conflict', { detail: 'Nobody can be their own friend here.' });
  const known = store.friends.stateOf(user) === 'friend';
  if (!known) store.friends.set(user, 'friend');
  return { answer: user, saved: [], frames: [], friendsChanged: !known };
}
