import type { UserId } from '../protocol/ids.ts';
import { type Declarer, type Lists, tie } from './friendship.ts';
import type { Member, Profile } from './member.ts';

/** A user whose connection is lost and who may be back before anybody is told. */
export interface Absent extends Declarer {
  readonly profile: Profile;
  readonly lastSeen: number;
  /** Of the connection that was lost. */
  readonly connId: string;
  readonly stamp: number | undefined;
  /** The user is on another node by now, which speaks for it. */
  isElsewhere: boolean;
}

/** Somebody who counts as online: connected, or in grace. */
export type Present = Member | Absent;

const mostSeen = 10_000;

/** Who is here. Pure bookkeeping: it sends nothing and sets no timers. */
export class Roster {
  readonly #members = new Map<UserId, Member>();
  readonly #absent = new Map<UserId, Absent>();
  /** Users that were here once, the newest last; bounded, as it only serves to word a verdict. */
  readonly #seen = new Set<UserId>();

  get size(): number {
    return this.#members.size;
  }

  members(): IterableIterator<Member> {
    return this.#members.values();
  }

  absents(): IterableIterator<Absent> {
    return this.#absent.values();
  }

  get(user: UserId): Member | undefined {
    return this.#members.get(user);
  }

  absent(user: UserId): Absent | undefined {
    return this.#absent.get(user);
  }

  present(user: UserId): Present | undefined {
    return this.#members.get(user) ?? this.#absent.get(user);
  }

  wasHere(user: UserId): boolean {
    return this.#absent.has(user) || this.#seen.has(user);
  }

  /** Seats a member in place of whoever had the seat or was missed in it. */
  seat(member: Member): void {
    this.#absent.delete(member.user);
    this.#members.set(member.user, member);
  }

  /** Frees the seat if it is still this connection's: a late end of an old one must not unseat the new one. */
  unseat(member: Member): boolean {
    if (this.#members.get(member.user)?.connId !== member.connId) return false;
    this.#members.delete(member.user);
    this.#seen.delete(member.user);
    this.#seen.add(member.user);
    if (this.#seen.size > mostSeen) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    return true;
  }

  miss(absent: Absent): void {
    this.#absent.set(absent.user, absent);
  }

  forget(user: UserId): void {
    this.#absent.delete(user);
  }

  /** Everybody present whom these lists name, whatever they think of it. */
  *#named({ friends, leaving }: Lists): Generator<Present> {
    if (friends === 'everybody') {
      yield* this.#members.values();
      yield* this.#absent.values();
      return;
    }
    for (const user of new Set([...friends, ...leaving])) {
      const present = this.present(user);
      if (present) yield present;
    }
  }

  /** Everybody present to whom something of this user may pass: friends, and who is left or leaves. */
  *tiedTo(one: Declarer): Generator<Present> {
    for (const other of this.#named(one.lists)) {
      if (other.user !== one.user && tie(one, other) !== 'none') yield other;
    }
  }

  /** Everybody present who is a friend of this user, and this user theirs. */
  *friendsOf(one: Declarer): Generator<Present> {
    for (const other of this.tiedTo(one)) if (tie(one, other) === 'friends') yield other;
  }
}
