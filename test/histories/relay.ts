import type { DeliveredEvent, SubmittedEvent } from '../../src/protocol/events.ts';
import type { FriendsDeclaration } from '../../src/protocol/handshake.ts';
import type { EventId, UserId } from '../../src/protocol/ids.ts';
import { presence } from '../../src/protocol/presence.ts';
import type { Receipt, SubmitReply } from '../../src/protocol/receipts.ts';
import { wake } from '../../src/protocol/relay-socket.ts';
import { passOn } from '../../src/relay/acknowledge.ts';
import type { Connection } from '../../src/relay/connection.ts';
import type { Lists } from '../../src/relay/friendship.ts';
import { Hammering } from '../../src/relay/hammering.ts';
import { KeyedBuckets } from '../../src/relay/keyed-buckets.ts';
import type { Budgets } from '../../src/relay/limits.ts';
import { Member } from '../../src/relay/member.ts';
import { RelayMeter } from '../../src/relay/meter.ts';
import { PresenceDesk } from '../../src/relay/presence.ts';
import { Roster } from '../../src/relay/roster.ts';
import { routingVerdict } from '../../src/relay/routing.ts';
import { TokenBucket } from '../../src/relay/token-bucket.ts';
import type { Link, ToRelay, ToUser } from './link.ts';
import type { Process, Time } from './time.ts';

const graceMs = 300;
const routedMs = 20;
const unavailableMs = 100;
export const limitedMs = 300;

/** Nothing is ever limited by itself here: limits are one of the faults. */
const bucket = { rate: 1e9, burst: 1e9 };
const budgets: Budgets = {
  events: new TokenBucket(bucket, 0),
  control: new TokenBucket(bucket, 0),
  pairs: new KeyedBuckets(bucket),
  hammering: new Hammering(),
  hammeringControl: new Hammering(),
};
const meter = new RelayMeter();
const softBytes = 1;

/** What the relay does to the next events of a sender. */
export type Limit = 'connection' | 'pair';

/**
 * The relay without sockets and timers: routing, friendship, roster, presence, grace, wake and the way of
 * acknowledgements are the product's; how receipts are batched and when they leave follows receipts-outbox.ts and
 * submit.ts. All of it is in memory: a killed relay is thrown away.
 */
export class SimulatedRelay implements Process {
  readonly #time: Time;
  readonly #roster = new Roster();
  readonly #desk: PresenceDesk;
  readonly #members = new Map<Link, Member>();
  readonly #links = new Map<Member, Link>();
  /** Receipts that wait for company. */
  readonly #receipts = new Map<Member, Receipt[]>();
  readonly #limits = new Map<UserId, Limit>();
  readonly #slow = new Set<UserId>();
  readonly #onHandedOver: (event: DeliveredEvent, friends: boolean) => void;
  #connections = 0;
  waits = false;

  constructor(time: Time, onHandedOver: (event: DeliveredEvent, friends: boolean) => void) {
    this.#time = time;
    this.#onHandedOver = onHandedOver;
    this.#desk = new PresenceDesk({
      roster: this.#roster,
      receipts: { hurry: (member) => this.#hurry(member) },
      graceMs,
      later: (ms, work) => time.after(ms, work, this),
      meter,
      tell: undefined,
      nodes: undefined,
    });
  }

  run(work: () => void): void {
    work();
  }

  kill(): void {
    this.waits = true;
    this.#desk[Symbol.dispose]();
  }

  limit(sender: UserId, how: Limit): void {
    this.#limits.set(sender, how);
  }

  /** Somebody does not read for a while; who reads again is told of, like slow-consumers.ts does it. */
  slow(user: UserId, isSlow: boolean): void {
    const was = this.#slow.delete(user);
    if (isSlow) this.#slow.add(user);
    const member = this.#roster.get(user);
    if (isSlow || !was || !member) return;
    for (const friend of this.#roster.friendsOf(member)) {
      this.#roster.get(friend.user)?.send('wake', JSON.stringify({ user_id: user }));
    }
  }

  /** Greets and seats a user; the newest connection wins. */
  #open(link: Link, friends: FriendsDeclaration): void {
    const { user } = link;
    const identity = {
      user,
      profile: { displayName: user, backendUrl: urlOf(user), peerKey: undefined },
      lists: listsOf(friends),
      declared: true,
      acks: true,
      instance: undefined,
      attempt: 0,
      tokenExpiresAt: undefined,
    };
    this.#connections += 1;
    const member = new Member(identity, `c${this.#connections}`, this.#connectionOf(link), budgets, 0);
    const old = this.#roster.get(user);
    this.#members.set(link, member);
    this.#links.set(member, link);
    link.tell({ kind: 'ready' });
    this.#desk.arrive(member);
    if (old) this.ended(this.#links.get(old));
  }

  /** The relay notices that a connection has ended. */
  ended(link: Link | undefined): void {
    const member = link && this.#members.get(link);
    if (!link || !member) return;
    link.isUpAtRelay = false;
    this.#members.delete(link);
    this.#links.delete(member);
    this.#receipts.delete(member);
    this.#desk.leave(member);
  }

  take(link: Link, frame: ToRelay): void {
    if (frame.kind === 'hello') {
      this.#open(link, frame.friends);
      return;
    }
    const member = this.#members.get(link);
    if (!member) return;
    switch (frame.kind) {
      case 'submit':
        this.#submit(member, link, frame);
        return;
      case 'ack': {
        const sender = this.#roster.get(frame.acknowledgement.from);
        if (!sender) return;
        passOn(sender, member, frame.acknowledgement, {
          add: (to, receipt) => this.#receiptsOf(to).push(receipt),
        });
        this.#hurry(sender);
        return;
      }
      case 'friends':
        this.#desk.relist(member, listsOf(frame.friends));
        return;
      case 'bye':
        member.saidBye = true;
        return;
      default:
        frame satisfies never;
    }
  }

  #submit(sender: Member, link: Link, { event, reply }: Extract<ToRelay, { kind: 'submit' }>): void {
    const { id } = event;
    const answer = (said: SubmitReply) => link.tell({ kind: 'reply', id, take: () => reply(said) });
    if (id === undefined) return;
    const limit = this.#limits.get(sender.user);
    this.#limits.delete(sender.user);
    if (limit === 'connection') {
      answer({ id, status: 'limited', scope: 'connection', retry_after_ms: limitedMs });
      return;
    }
    answer({ id, status: 'accepted' });
    for (const user of event.to_users) this.#route(sender, event, id, user, limit === 'pair');
  }

  #route(sender: Member, event: SubmittedEvent, id: EventId, to: UserId, isLimited: boolean): void {
    const connected = this.#roster.get(to);
    const verdict = routingVerdict(sender, event.type, {
      user: to,
      connected,
      known: connected !== undefined || this.#roster.wasHere(to),
      slow: connected !== undefined && connected.connection.buffered > softBytes,
    });
    if (verdict !== 'deliver' || !connected) {
      this.#time.after(
        unavailableMs,
        () => {
          if (!this.#links.has(sender)) return;
          this.#receiptsOf(sender).push({ id, to, stage: 'unavailable' });
          this.#hurry(sender);
        },
        this,
      );
      return;
    }
    if (isLimited) {
      this.#receiptsOf(sender).push({ id, to, stage: 'limited', retry_after_ms: limitedMs });
      this.#hurry(sender);
      return;
    }
    const delivered: DeliveredEvent = {
      ...event,
      id,
      from_user: sender.user,
      to_users: [to],
      sent_at: event.sent_at ?? '2026-01-01T00:00:00.000Z',
      seq: event.seq?.[to],
      base: event.base?.[to],
    };
    const friends = sender.lists.friends !== 'everybody' && sender.lists.friends.has(to);
    const back = connected.lists.friends !== 'everybody' && connected.lists.friends.has(sender.user);
    this.#onHandedOver(delivered, friends && back);
    this.#links.get(connected)?.tell({ kind: 'event', event: delivered });
    this.#receiptsOf(sender).push({ id, to, stage: 'routed' });
    this.#time.after(routedMs, () => this.#hurry(sender), this);
  }

  #receiptsOf(member: Member): Receipt[] {
    const waiting = this.#receipts.get(member) ?? [];
    this.#receipts.set(member, waiting);
    return waiting;
  }

  #hurry(member: Member): void {
    const receipts = this.#receipts.get(member) ?? [];
    this.#receipts.delete(member);
    if (receipts.length > 0) this.#links.get(member)?.tell({ kind: 'receipts', receipts });
  }

  #connectionOf(link: Link): Connection {
    const isSlow = () => this.#slow.has(link.user);
    return {
      face: 'websocket',
      address: '127.0.0.1',
      get buffered() {
        return isSlow() ? Number.MAX_SAFE_INTEGER : 0;
      },
      send: (name, json) => {
        const frame = frameOf(name, json);
        if (frame) link.tell(frame);
      },
      hold: () => {},
      close: () => {},
    };
  }
}

export const urlOf = (user: UserId): string => `http://${user}.test`;

const listsOf = ({ friends, leaving }: FriendsDeclaration): Lists => ({
  friends: new Set(friends),
  leaving: new Set(leaving),
});

/** The few different texts that the desk ever sends, read once. */
const frames = new Map<string, ToUser>();

function frameOf(name: string, json: string): ToUser | undefined {
  const known = frames.get(json);
  if (known) return known;
  const raw: unknown = JSON.parse(json);
  const frame: ToUser | undefined =
    name === 'wake'
      ? { kind: 'wake', user: wake.parse(raw).user_id }
      : name === 'presence'
        ? { kind: 'presence', presence: presence.parse(raw) }
        : undefined;
  if (frame) frames.set(json, frame);
  return frame;
}
