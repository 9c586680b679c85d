import type { UserId } from '../protocol/ids.ts';

/** Whom a user declared. `everybody` is a backend that declared nobody, and only on an insecure relay. */
export interface Lists {
  readonly friends: ReadonlySet<UserId> | 'everybody';
  readonly leaving: ReadonlySet<UserId>;
}

/** A user with the lists by which friendship is decided. */
export interface Declarer {
  readonly user: UserId;
  readonly lists: Lists;
}

/** `leaving`: each still lists the other, but one as somebody it leaves; only a `share_revoked` passes. */
export type Tie = 'friends' | 'leaving' | 'none';

export const noLists: Lists = { friends: new Set(), leaving: new Set() };

export function listsFriend({ lists }: Declarer, user: UserId): boolean {
  return lists.friends === 'everybody' || lists.friends.has(user);
}

function listsAtAll(one: Declarer, user: UserId): boolean {
  return listsFriend(one, user) || one.lists.leaving.has(user);
}

/** Friendship needs both sides; neither can bring it about alone. */
export function tie(a: Declarer, b: Declarer): Tie {
  if (listsFriend(a, b.user) && listsFriend(b, a.user)) return 'friends';
  return listsAtAll(a, b.user) && listsAtAll(b, a.user) ? 'leaving' : 'none';
}
