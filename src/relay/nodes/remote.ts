import type { UserId } from '../../protocol/ids.ts';
import type { Regard } from '../bus/frames.ts';
import { type Declarer, type Lists, tie } from '../friendship.ts';
import type { Profile } from '../member.ts';

/**
 * Somebody on another node, as one user here knows them: what their node said about itself, with lists that name nobody
 * but this user.
 */
export interface Remote extends Declarer {
  readonly conn: string;
  readonly stamp: number;
  readonly profile: Profile;
  readonly lastSeen: number;
}

/** Of two connections of one user: whether the first is newer. */
export function isNewer(
  a: { readonly stamp: number; readonly conn: string },
  b: { readonly stamp: number; readonly conn: string },
): boolean {
  return a.stamp === b.stamp ? a.conn > b.conn : a.stamp > b.stamp;
}

/** The lists of somebody of whom only this is known: how they regard one user. */
export function listsOf(regard: Regard, of: UserId): Lists {
  return {
    friends: new Set(regard === 'friend' ? [of] : []),
    leaving: new Set(regard === 'leaving' ? [of] : []),
  };
}

export function regardOf({ lists }: Pick<Declarer, 'lists'>, user: UserId): Regard {
  if (lists.friends === 'everybody' || lists.friends.has(user)) return 'friend';
  return lists.leaving.has(user) ? 'leaving' : 'none';
}

/** Who is known to be on other nodes, by the user here who knows them. Pure bookkeeping. */
export class Remotes {
  readonly #of = new Map<UserId, Map<UserId, Remote>>();
  /** By whom they are known. */
  readonly #knowers = new Map<UserId, Set<UserId>>();

  get(knower: UserId, user: UserId): Remote | undefined {
    return this.#of.get(knower)?.get(user);
  }

  of(knower: UserId): IterableIterator<Remote> {
    return (this.#of.get(knower) ?? new Map<UserId, Remote>()).values();
  }

  set(knower: UserId, remote: Remote): void {
    const known = this.#of.get(knower) ?? new Map<UserId, Remote>();
    this.#of.set(knower, known.set(remote.user, remote));
    const knowers = this.#knowers.get(remote.user) ?? new Set<UserId>();
    this.#knowers.set(remote.user, knowers.add(knower));
  }

  /** Everybody here who knows this user to be elsewhere. */
  knowersOf(user: UserId): UserId[] {
    return [...(this.#knowers.get(user) ?? [])];
  }

  delete(knower: UserId, user: UserId): Remote | undefined {
    const known = this.#of.get(knower);
    const remote = known?.get(user);
    known?.delete(user);
    if (known?.size === 0) this.#of.delete(knower);
    const knowers = this.#knowers.get(user);
    knowers?.delete(knower);
    if (knowers?.size === 0) this.#knowers.delete(user);
    return remote;
  }

  /** Friends of somebody here who are on other nodes. */
  *friendsOf(one: Declarer): Generator<Remote> {
    for (const remote of this.of(one.user)) if (tie(one, remote) === 'friends') yield remote;
  }

  /** A user who is here no more knows nobody. */
  drop(knower: UserId): void {
    for (const { user } of [...this.of(knower)]) this.delete(knower, user);
  }

  *entries(): Generator<readonly [UserId, Remote]> {
    for (const [knower, known] of this.#of) for (const remote of known.values()) yield [knower, remote];
  }
}
