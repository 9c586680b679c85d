import type { UserId } from '../../protocol/ids.ts';
import type { UserFrame } from '../bus/frames.ts';
import type { Post } from '../bus/post.ts';
import { type Declarer, tie } from '../friendship.ts';
import type { Member } from '../member.ts';
import { presenceOf, sameProfile, wakeOf } from '../presence-frames.ts';
import type { ReceiptsOutbox } from '../receipts-outbox.ts';
import type { Present, Roster } from '../roster.ts';
import { isNewer, listsOf, type Remote, type Remotes, regardOf } from './remote.ts';

export interface IntroductionsOptions {
  readonly post: Post;
  readonly roster: Roster;
  readonly remotes: Remotes;
  readonly receipts: Pick<ReceiptsOutbox, 'hurry'>;
  /** How long somebody who is not found may take to be found again. */
  readonly graceMs: () => number;
}

type Hello = Extract<UserFrame, { k: 'hello' }>;
export type Manner = Pick<Hello, 'wake' | 'ask'>;

/** A new connection: they hear of it and are woken, and say who they are. */
export const arriving: Manner = { wake: true, ask: 'quietly' };
/** Both may have missed something of the other. */
export const meeting: Manner = { wake: true, ask: 'wake' };

/**
 * Friends on different nodes: one's node says hello on the other's channel, whose node holds it against the other's list
 * and answers. What each was told is kept with the user here, until the other says that it goes or is not found any more.
 */
export class Introductions implements Disposable {
  readonly #options: IntroductionsOptions;
  /** Remotes that were not found, with the end of their grace. */
  readonly #missed = new Map<Remote, NodeJS.Timeout>();

  constructor(options: IntroductionsOptions) {
    this.#options = options;
  }

  /** Says hello to everybody whom the user lists and who is not here. */
  sayHello(present: Present, manner: Manner): void {
    for (const user of namesIn(present)) this.introduce(present, user, manner);
  }

  /** Says hello to one who is not here. */
  introduce(present: Present, to: UserId, manner: Manner): void {
    const { post, roster } = this.#options;
    const { user, connId: conn, stamp, profile, lastSeen } = present;
    if (stamp === undefined || to === user || roster.get(to)) return;
    const { displayName, backendUrl, peerKey } = profile;
    const hello: Hello = {
      k: 'hello',
      user,
      conn,
      stamp,
      as: regardOf(present, to),
      name: displayName,
      ...(backendUrl !== undefined && { url: backendUrl }),
      ...(peerKey && { key: peerKey }),
      seen: lastSeen,
      ...manner,
    };
    post.toUser(to, hello);
  }

  /** New lists of a member: who is regarded differently hears it, and friends who are lost or won are shown. */
  relisted(member: Member, before: Declarer): void {
    const { remotes } = this.#options;
    for (const remote of remotes.of(member.user)) {
      const [was, is] = [tie(before, remote), tie(member, remote)];
      this.#show(member, { was, before: remote }, remote, was === 'leaving' && is === 'friends');
      if (is === 'none') remotes.delete(member.user, remote.user);
    }
    this.regardAnew(member, before);
  }

  /** Says hello to everybody who is regarded differently than before. */
  regardAnew(member: Member, before: Declarer): void {
    for (const user of namesIn(before, member)) {
      const [was, is] = [regardOf(before, user), regardOf(member, user)];
      if (was !== is) this.introduce(member, user, is === 'none' ? { wake: false, ask: 'no' } : meeting);
    }
  }

  hear(to: UserId, hello: Hello): void {
    const { roster, remotes } = this.#options;
    const present = roster.present(to);
    if (!present || roster.absent(to)?.isElsewhere || hello.user === to) return;
    const now = remoteFrom(hello, to);
    const seated = roster.get(hello.user);
    // Without a stamp it came just now.
    if (seated && (seated.stamp === undefined || isNewer({ stamp: seated.stamp, conn: seated.connId }, now)))
      return;
    const known = remotes.get(to, hello.user);
    if (known && isNewer(known, now)) return;
    const before = known ?? roster.present(hello.user);
    const was = before ? tie(present, before) : 'none';
    this.#found(known);
    if (tie(present, now) === 'none') remotes.delete(to, hello.user);
    else remotes.set(to, now);

    const member = roster.get(to);
    if (member) this.#show(member, { was, before }, now, hello.wake || isNew(before, now));
    // Also to a stranger: a node that takes somebody for a friend after a loss learns better by that.
    if (hello.ask !== 'no') {
      this.introduce(present, hello.user, { wake: hello.ask === 'wake', ask: 'no' });
    }
  }

  #show(
    member: Member,
    { was, before }: { readonly was: ReturnType<typeof tie>; readonly before: Present | Remote | undefined },
    now: Remote,
    wake: boolean,
  ): void {
    const is = tie(member, now);
    if (is === 'friends') {
      const news = was !== 'friends' || !before || !sameProfile(before.profile, now.profile);
      if (news) member.send('presence', presenceOf(now, 'online'));
    } else if (was === 'friends') this.#sayOffline(member, now);
    if (wake && is !== 'none') member.send('wake', wakeOf(now));
  }

  /** Their own node says so, after the grace that it gave. */
  offline(to: UserId, user: UserId, conn: string): void {
    const remote = this.#options.remotes.get(to, user);
    if (remote?.conn === conn) this.lose(to, remote);
  }

  /** Not found, or let go by a node that ends: it has the grace to be found again. */
  miss(knower: UserId, remote: Remote): void {
    if (this.#missed.has(remote)) return;
    const timer = setTimeout(() => {
      this.#missed.delete(remote);
      if (this.#options.remotes.get(knower, remote.user) === remote) this.lose(knower, remote);
    }, this.#options.graceMs());
    this.#missed.set(remote, timer);
  }

  away(to: UserId, user: UserId, conn: string): void {
    const remote = this.#options.remotes.get(to, user);
    if (remote?.conn === conn) this.miss(to, remote);
  }

  /** It was there all along. */
  #found(remote: Remote | undefined): void {
    if (!remote) return;
    clearTimeout(this.#missed.get(remote));
    this.#missed.delete(remote);
  }

  /** It is gone, or regards this user no more. */
  lose(knower: UserId, remote: Remote): void {
    const { remotes, roster } = this.#options;
    this.#found(remote);
    remotes.delete(knower, remote.user);
    const member = roster.get(knower);
    if (member && tie(member, remote) === 'friends') this.#sayOffline(member, remote);
  }

  #sayOffline(to: Member, gone: Remote): void {
    this.#options.receipts.hurry(to);
    to.send('presence', presenceOf(gone, 'offline'));
  }

  [Symbol.dispose](): void {
    for (const timer of this.#missed.values()) clearTimeout(timer);
    this.#missed.clear();
  }
}

function remoteFrom({ user, conn, stamp, as, name, url, key, seen }: Hello, to: UserId): Remote {
  const profile = { displayName: name, backendUrl: url, peerKey: key };
  return { user, conn, stamp, lists: listsOf(as, to), profile, lastSeen: seen };
}

const isNew = (before: Present | Remote | undefined, now: Remote): boolean =>
  before !== undefined && ('conn' in before ? before.conn : before.connId) !== now.conn;

/** Everybody whom one of the lists names. */
function namesIn(...declarers: readonly Pick<Declarer, 'lists'>[]): Set<UserId> {
  const names = declarers.flatMap(({ lists: { friends, leaving } }) => [
    ...(friends === 'everybody' ? [] : friends),
    ...leaving,
  ]);
  return new Set(names);
}
