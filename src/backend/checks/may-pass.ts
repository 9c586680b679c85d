import type { EventType } from '../../protocol/events.ts';
import type { Friendship } from '../store/friends.ts';

/**
 * Whether an event may go to, or come from, somebody whom this side calls so. Where no relay joins the lists of two
 * users, each side asks its own; what passes both has passed what the relay would have asked.
 */
export function mayPass(friendship: Friendship, type: EventType): boolean {
  switch (friendship) {
    case 'friend':
      return true;
    case 'leaving':
      return type === 'share_revoked';
    case 'stranger':
      return false;
    default:
      return friendship satisfies never;
  }
}
