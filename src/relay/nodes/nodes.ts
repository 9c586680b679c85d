import { setTimeout as wait } from 'node:timers/promises';
import type { Census } from '../../protocol/census.ts';
import type { FetchQuestion, FetchResult } from '../../protocol/collab-fetch.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { Acknowledgement } from '../../protocol/receipts.ts';
import type { Tell } from '../../protocol/records.ts';
import type { OnlineUser } from '../../protocol/relay-rest.ts';
import { Post, type PostOptions } from '../bus/post.ts';
import type { AcceptedEvent } from '../encode-event.ts';
import { type Declarer, tie } from '../friendship.ts';
import type { Limits } from '../limits.ts';
import type { Member } from '../member.ts';
import type { BusTimes, RelayMeter } from '../meter.ts';
import type { ReceiptsOutbox } from '../receipts-outbox.ts';
import type { Absent, Present, Roster } from '../roster.ts';
import { AwaitedAnswers } from './awaited-answers.ts';
import { Forwarding } from './forwarding.ts';
import { type Desks, hearNodeFrame, hearUserFrame } from './hear.ts';
import { arriving, Introductions, type Manner, meeting } from './introductions.ts';
import { missingUsers } from './missing-users.ts';
import { Questions, type QuestionsHere } from './questions.ts';
import { type Remote, Remotes, regardOf } from './remote.ts';
import { Seats } from './seats.ts';
import { onlineUser, WhoIsHere } from './who-is-here.ts';

export interface NodesOptions extends PostOptions {
  readonly roster: Roster;
  readonly receipts: ReceiptsOutbox;
  readonly limits: Limits;
  readonly graceMs: number;
  readonly replyMs: number;
  readonly verifyMs: number;
  readonly meter: RelayMeter;
  readonly tell: Tell | undefined;
  /** The user has a newer connection on another node. */
  readonly onReplaced: (member: Member) => void;
  readonly onSlow: (member: Member, sender: UserId) => void;
  readonly questions: QuestionsHere;
}

/** So many users are said again in one turn when the bus is back. */
const recoverAtOnce = 100;
/** So long after the bus is back who is not found may only be slower to come back to it. */
const comingBackMs = 3000;
/** So long after it did not answer the bus is asked again to listen for users. */
const askAgainMs = 200;
/** A forged frame is told of this often at most. */
const tellForgedEveryMs = 10_000;

/**
 * What one node knows of the others and says to them. Every user of a node has a channel to which only the node listens
 * that has the user; so a frame costs one call of the bus, however many nodes there are.
 */
export class Nodes implements AsyncDisposable {
  readonly #options: NodesOptions;
  readonly #post: Post;
  readonly #remotes = new Remotes();
  readonly #awaited: AwaitedAnswers;
  readonly #desks: Desks;
  readonly #verifier: NodeJS.Timeout;
  /** Users whose channel is being listened to or whose friends are being told. */
  #underWay = 0;
  #isUp = false;
  /** By performance.now(). */
  #upAt = Number.NEGATIVE_INFINITY;
  #toldForgedAt = Number.NEGATIVE_INFINITY;

  constructor(options: NodesOptions) {
    this.#options = options;
    const remotes = this.#remotes;
    const post: Post = new Post(options, {
      onUserFrame: (to, frame, node) =>
        hearUserFrame(this.#desks, to, frame, { node, isOwn: node === post.node }),
      onNodeFrame: (frame) => hearNodeFrame(this.#desks, frame),
      onUp: () => void this.#recover(),
      onDown: (why) => this.#onDown(why),
      onForged: (why) => this.#onForged(why),
    });
    const awaited = new AwaitedAnswers(options);
    const shared = { ...options, post, remotes, awaited };
    const introductions = new Introductions({ ...shared, graceMs: () => this.#graceMs() });
    this.#post = post;
    this.#awaited = awaited;
    this.#desks = {
      introductions,
      seats: new Seats({ ...shared, onMoved: (user) => this.#moved(user) }),
      forwarding: new Forwarding({ ...shared, introductions }),
      questions: new Questions({ ...shared, here: options.questions }),
      who: new WhoIsHere(shared),
    };
    this.#verifier = setInterval(() => void this.#verify(), options.verifyMs).unref();
  }

  /** Users of other nodes can be reached. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** What may still come of what was said to or heard from other nodes. */
  get runnable(): number {
    return this.#awaited.pending + this.#post.unconfirmed + this.#underWay;
  }

  /** For the census: what went to other nodes and came from them. */
  get counts(): NonNullable<Census['bus']> {
    return this.#post.counts;
  }

  get times(): BusTimes {
    return this.#post.times;
  }

  /** Resolves when everything has come in that the bus had for this node when this was called. */
  async caughtUp(): Promise<void> {
    if (this.#isUp) await this.#post.echo().catch(() => {});
  }

  /** How long the node of somebody who is known to be online may take to answer; of others nothing is to be learnt. */
  patienceMs(knower: UserId, user: UserId): number | undefined {
    return this.knows(knower, user) ? this.#options.replyMs : undefined;
  }

  knows(knower: UserId, user: UserId): boolean {
    return this.#remotes.get(knower, user) !== undefined;
  }

  /** Friends of somebody here who are on other nodes. */
  friendsOf(one: Declarer): Iterable<Remote> {
    return this.#remotes.friendsOf(one);
  }

  /** A user has come here: forgets that somebody knew it elsewhere, and answers how. */
  isHere(knower: UserId, user: UserId): Remote | undefined {
    return this.#remotes.delete(knower, user);
  }

  /** A member is seated, in place of `before`. */
  arrived(member: Member, before: Present | undefined): void {
    // Whom it lists no longer: all others have been told and asked before.
    for (const knower of this.#remotes.knowersOf(member.user)) {
      const remote = this.#remotes.get(knower, member.user);
      if (remote) this.#desks.introductions.lose(knower, remote);
    }
    for (const remote of this.#remotes.of(member.user)) {
      if (tie(member, remote) === 'none') this.#remotes.delete(member.user, remote.user);
    }
    void this.#announce([member], arriving, before);
  }

  relisted(member: Member, before: Declarer): void {
    this.#desks.introductions.relisted(member, before);
  }

  /** The grace of a user is over, or it said that it leaves. */
  gone(absent: Absent): void {
    const { user, connId: conn } = absent;
    for (const friend of this.#greeted(absent)) this.#post.toUser(friend, { k: 'offline', user, conn });
    this.#remotes.drop(user);
    if (!this.#options.roster.present(user)) this.#post.unlisten(user);
  }

  /** This node ends: friends elsewhere give its users the grace that it can give no more. */
  letGo(present: Present): void {
    const { user, connId: conn } = present;
    for (const friend of this.#greeted(present)) this.#post.toUser(friend, { k: 'away', user, conn });
  }

  /**
   * Who may have heard from another node that somebody is here: whoever goes at once is gone before the answers to its
   * hello have come, and would be shown as online until somebody looks.
   */
  #greeted(one: Present): ReadonlySet<UserId> {
    const { friends } = one.lists;
    const listed = friends === 'everybody' ? [] : [...friends];
    const known = [...this.friendsOf(one)].map(({ user }) => user);
    return new Set([...known, ...listed.filter((user) => !this.#options.roster.get(user))]);
  }

  /** Hands an event for somebody who is not here to whoever has them. False: the sender does not list them. */
  forward(sender: Member, accepted: AcceptedEvent, to: UserId, encode: () => string, now: number): boolean {
    if (!this.#isUp || regardOf(sender, to) === 'none') return false;
    this.#desks.forwarding.event(sender, accepted, to, encode(), now);
    return true;
  }

  acknowledge(recipient: Member, ack: Acknowledgement): void {
    this.#desks.forwarding.acknowledge(recipient, ack);
  }

  /** Asks the backend of somebody who is not here; `onAsked` is called when the question is on its socket. */
  ask(asker: Member, to: UserId, question: FetchQuestion, onAsked: () => void): void {
    if (this.#isUp) this.#desks.questions.ask(asker, to, question, onAsked);
  }

  /** The answer of somebody here to somebody who is not. */
  answer(owner: Member, to: UserId, result: FetchResult): void {
    this.#desks.questions.answer(owner, to, result);
  }

  /** The outbox of somebody who is not here may go on towards a member. */
  wake(sender: UserId, member: Member): void {
    this.#desks.forwarding.wake(sender, member);
  }

  /**
   * Mutual friends on other nodes, looked after at this moment: who is not found any more has its grace from now on.
   * Of somebody who is not here, the friends that their node knows; undefined where nobody has them.
   */
  async online(asking: UserId): Promise<readonly OnlineUser[] | undefined> {
    if (!this.#isUp) return undefined;
    const present = this.#options.roster.present(asking);
    if (!present) return this.#desks.who.ask(asking);
    await this.#check([...this.#remotes.of(asking)].map((remote) => [asking, remote]));
    return [...this.friendsOf(present)].map(onlineUser);
  }

  /** Listens for users who are here, claims their seats and says hello to their friends. Down: recovery does it. */
  async #announce(members: readonly Member[], manner: Manner, before?: Present): Promise<void> {
    const upAt = this.#upAt;
    const isSameLife = () => this.#isUp && this.#upAt === upAt;
    if (!this.#isUp) return;
    const { roster } = this.#options;
    this.#underWay += 1;
    try {
      while (!(await this.#listenFor(members))) {
        // A bus that goes down says so itself, and recovery does it; one that was only slow is asked again.
        if (!isSameLife()) return;
        await wait(askAgainMs, undefined, { ref: false });
      }
      for (const member of members) {
        if (roster.get(member.user) === member) {
          this.#desks.seats.claim(member);
          this.#desks.introductions.sayHello(member, manner);
          if (before) this.#desks.introductions.regardAnew(member, before);
        } else if (!roster.present(member.user)) this.#post.unlisten(member.user);
      }
    } finally {
      this.#underWay -= 1;
    }
  }

  async #listenFor(members: readonly Member[]): Promise<boolean> {
    return Promise.all([this.#post.listen(members.map(({ user }) => user)), this.#post.setClock()]).then(
      () => true,
      () => false,
    );
  }

  #graceMs(): number {
    return Math.max(this.#options.graceMs, this.#upAt + comingBackMs - performance.now());
  }

  async #recover(): Promise<void> {
    this.#isUp = true;
    this.#upAt = performance.now();
    this.#underWay += 1;
    const members = [...this.#options.roster.members()];
    for (let from = 0; from < members.length && this.#isUp; from += recoverAtOnce) {
      await this.#announce(members.slice(from, from + recoverAtOnce), meeting);
    }
    this.#underWay -= 1;
  }

  #onDown(why: string): void {
    this.#isUp = false;
    this.#options.tell?.({
      type: 'note',
      level: 'warn',
      code: 'bus_down',
      text: `Users of other nodes cannot be reached: ${why}.`,
    });
  }

  #onForged(why: string): void {
    const now = performance.now();
    if (now - this.#toldForgedAt < tellForgedEveryMs) return;
    this.#toldForgedAt = now;
    const text = `What came in by the bus was not said by a node of this relay: ${why}.`;
    this.#options.tell?.({ type: 'note', level: 'warn', code: 'bus_forged', text });
  }

  #moved(user: UserId): void {
    const { roster } = this.#options;
    this.#post.unlisten(user);
    this.#remotes.drop(user);
    const absent = roster.absent(user);
    if (!absent) return;
    // Friends here need not wait until the other node has told them.
    for (const friend of roster.friendsOf(absent)) {
      if (!this.knows(friend.user, user)) this.#desks.introductions.introduce(friend, user, meeting);
    }
  }

  async #verify(): Promise<void> {
    if (this.#isUp) await this.#check([...this.#remotes.entries()]);
  }

  async #check(known: readonly (readonly [UserId, Remote])[]): Promise<void> {
    const missing = await missingUsers(this.#post, new Set(known.map(([, { user }]) => user)));
    for (const [knower, remote] of known) {
      if (missing.has(remote.user)) this.#desks.introductions.miss(knower, remote);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#verifier);
    this.#isUp = false;
    this.#awaited[Symbol.dispose]();
    this.#desks.introductions[Symbol.dispose]();
    this.#desks.who[Symbol.dispose]();
    this.#desks.questions[Symbol.dispose]();
    await this.#post[Symbol.asyncDispose]();
  }
}
