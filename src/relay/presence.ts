import type { Tell } from '../protocol/records.ts';
import { type Lists, tie } from './friendship.ts';
import type { Member } from './member.ts';
import type { RelayMeter } from './meter.ts';
import type { Nodes } from './nodes/nodes.ts';
import { presenceOf, sameProfile, wakeOf } from './presence-frames.ts';
import type { ReceiptsOutbox } from './receipts-outbox.ts';
import type { Absent, Present, Roster } from './roster.ts';

export interface PresenceOptions {
  readonly roster: Roster;
  readonly receipts: Pick<ReceiptsOutbox, 'hurry'>;
  readonly graceMs: number;
  /** Does something later, unless the answer is called before; absent: by the clock of this machine. */
  readonly later?: ((ms: number, work: () => void) => () => void) | undefined;
  readonly meter: RelayMeter;
  readonly tell: Tell | undefined;
  /** Absent where this relay is the only node. */
  readonly nodes: Nodes | undefined;
}

/** How long friends of a user who has moved to another node wait for that node's word. */
const movingMs = 1000;

/**
 * Tells mutual friends who comes and goes, and nobody else. Somebody who was lost counts as online until the grace has
 * passed, so that a reconnect is no news; outboxes are woken by `wake` all the same, also those that hold revokes for
 * somebody who is being left.
 */
export class PresenceDesk implements Disposable {
  readonly #roster: Roster;
  readonly #receipts: PresenceOptions['receipts'];
  readonly #graceMs: number;
  readonly #tell: Tell | undefined;
  readonly #nodes: Nodes | undefined;
  /** By user: the end of the grace. */
  readonly #timers = new Map<string, () => void>();
  readonly #later: NonNullable<PresenceOptions['later']>;
  readonly #meter: RelayMeter;

  constructor({ roster, receipts, graceMs, later, meter, tell, nodes }: PresenceOptions) {
    this.#later = later ?? byTimer;
    this.#meter = meter;
    this.#roster = roster;
    this.#receipts = receipts;
    this.#graceMs = graceMs;
    this.#tell = tell;
    this.#nodes = nodes;
  }

  /** Seats a member that has been greeted: it gets the snapshot of its friends, they hear of it and are woken. */
  arrive(member: Member): void {
    const before = this.#roster.present(member.user);
    this.#timers.get(member.user)?.();
    this.#timers.delete(member.user);
    for (const friend of this.#roster.friendsOf(member)) {
      if (!this.#nodes?.knows(member.user, friend.user))
        member.send('presence', presenceOf(friend, 'online'));
    }
    for (const friend of this.#nodes?.friendsOf(member) ?? []) {
      member.send('presence', presenceOf(friend, 'online'));
    }
    this.#roster.seat(member);
    if (!before) {
      this.#meter.presence.add('online');
      this.#tell?.({ type: 'presence', user: member.user, status: 'online' });
    }

    const online = presenceOf(member, 'online');
    const wake = wakeOf(member);
    for (const { user } of this.#roster.tiedTo(member)) {
      const other = this.#roster.get(user);
      if (!other) continue;
      const known = this.#nodes?.isHere(user, member.user) ?? before;
      const news = known === undefined || !sameProfile(known.profile, member.profile);
      const friends = tie(member, other) === 'friends';
      if (friends && (news || tie(known, other) !== 'friends')) other.send('presence', online);
      other.send('wake', wake);
    }
    if (before) this.#partings(before, member);
    this.#nodes?.arrived(member, before);
  }

  /**
   * Unseats a member whose connection has ended. False: its seat was taken over, and nobody is to be told.
   * `isElsewhere`: the user has a newer connection on another node.
   */
  leave(member: Member, isElsewhere = false): boolean {
    if (!this.#roster.unseat(member)) return false;
    const { user, lists, profile, lastSeen, connId, stamp } = member;
    const absent = { user, lists, profile, lastSeen, connId, stamp, isElsewhere };
    const graceMs = isElsewhere ? Math.max(this.#graceMs, movingMs) : this.#graceMs;
    if (member.saidBye || graceMs === 0) {
      this.#announceOffline(absent);
      return true;
    }
    this.#roster.miss(absent);
    const forget = this.#later(graceMs, () => {
      this.#timers.delete(user);
      this.#roster.forget(user);
      this.#announceOffline(absent);
    });
    this.#timers.set(user, forget);
    return true;
  }

  /**
   * New lists on a living connection: between whom more may pass than before, they are woken; who became friends is
   * introduced, who no longer is hears `offline`.
   */
  relist(member: Member, lists: Lists): void {
    const before = { user: member.user, lists: member.lists };
    member.lists = lists;
    const online = presenceOf(member, 'online');
    for (const other of this.#roster.tiedTo(member)) {
      const was = tie(before, other);
      const isFriend = tie(member, other) === 'friends';
      if (was === 'friends' || (was === 'leaving' && !isFriend)) continue;
      const connected = this.#roster.get(other.user);
      if (isFriend) {
        member.send('presence', presenceOf(other, 'online'));
        connected?.send('presence', online);
      }
      if (!connected) continue;
      member.send('wake', wakeOf(other));
      connected.send('wake', wakeOf(member));
    }
    for (const former of this.#roster.friendsOf(before)) {
      if (tie(member, former) === 'friends') continue;
      this.#sayOffline(member, former);
    }
    this.#partings(before, member);
    this.#nodes?.relisted(member, before);
  }

  /** For those who were friends of the member as it was, and are no longer, it is gone. */
  #partings(before: { readonly user: Member['user']; readonly lists: Lists }, member: Member): void {
    for (const former of this.#friendsConnected(before)) {
      if (tie(member, former) !== 'friends') this.#sayOffline(former, member);
    }
  }

  #announceOffline(absent: Absent): void {
    const { user, isElsewhere } = absent;
    if (!isElsewhere) {
      this.#meter.presence.add('offline');
      this.#tell?.({ type: 'presence', user, status: 'offline' });
    }
    for (const friend of this.#friendsConnected(absent)) {
      if (!this.#nodes?.knows(friend.user, user)) this.#sayOffline(friend, absent);
    }
    this.#nodes?.gone(absent);
  }

  /** A sender puts aside what it has for somebody who is gone, so it must have heard before how far that got. */
  #sayOffline(to: Member, gone: Present): void {
    this.#receipts.hurry(to);
    to.send('presence', presenceOf(gone, 'offline'));
  }

  *#friendsConnected(one: { readonly user: Member['user']; readonly lists: Lists }): Generator<Member> {
    for (const friend of this.#roster.friendsOf(one)) {
      const connected = this.#roster.get(friend.user);
      if (connected) yield connected;
    }
  }

  [Symbol.dispose](): void {
    for (const forget of this.#timers.values()) forget();
    this.#timers.clear();
  }
}

function byTimer(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
