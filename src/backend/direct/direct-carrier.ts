import type { Carrier, CarrierCensus, CarrierEvents } from '../../client/carrier.ts';
import { stepOf } from '../../client/event-step.ts';
import { Refused } from '../../http/refused.ts';
import type { DeliveredEvent } from '../../protocol/events.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { PeerEvents, PeerReceipts } from '../../protocol/peer-events.ts';
import type { PeerKey } from '../../protocol/presence.ts';
import type { Acknowledgement, SubmitReply } from '../../protocol/receipts.ts';
import type { RoutingVerdict, Tell } from '../../protocol/records.ts';
import { takeSubmitted } from '../addressed.ts';
import { mayPass } from '../checks/may-pass.ts';
import type { FriendStore } from '../store/friends.ts';
import { Arrivals } from './arrivals.ts';
import type { PostJudgement } from './judge-post.ts';
import { PeerContact } from './peer-contact.ts';
import type { Posted } from './peer-line.ts';
import { type Batch, readBatch } from './read-batch.ts';

/** How to speak to one peer's backend. */
export interface Line {
  post(body: unknown, onWritten: () => void): Promise<Posted>;
  close(): void;
}

export interface DirectCarrierOptions {
  readonly me: UserId;
  readonly displayName: string;
  readonly acks: boolean;
  readonly friends: Pick<FriendStore, 'stateOf' | 'declaration'>;
  /** Where the backends of others are; who is not here cannot be reached. */
  readonly peers: Readonly<Record<UserId, string>>;
  readonly keyOf: (user: UserId) => PeerKey | undefined;
  readonly openLine: (user: UserId, url: string, onClosed: () => void) => Line;
  readonly backoff: { readonly from: number; readonly to: number };
  readonly tell: Tell;
}

interface Peer {
  readonly contact: PeerContact;
  readonly line: Line;
}

/**
 * The direct topology: the backends call one another. Each friend has one kept connection, over which requests go one
 * after another. Presence is what the last request has shown, and what the end of a connection makes us ask anew.
 */
export class DirectCarrier implements Carrier {
  readonly ready = Promise.resolve();
  readonly #options: DirectCarrierOptions;
  readonly #events: CarrierEvents;
  readonly #peers = new Map<UserId, Peer>();
  readonly #online = new Set<UserId>();
  readonly #notCalled = new Set<UserId>();
  readonly #arrivals = new Arrivals();
  #open = false;

  constructor(options: DirectCarrierOptions, events: CarrierEvents) {
    this.#options = options;
    this.#events = events;
  }

  get connected(): boolean {
    return this.#open;
  }

  open(): void {
    this.#open = true;
    // Not within the constructor of whoever uses it.
    this.#options.tell({ type: 'connection', user: this.#options.me, state: 'connected' });
    queueMicrotask(() => {
      if (!this.#open) return;
      this.#events.onConnected();
      this.declareFriends();
    });
  }

  submit(raw: unknown, reply: (reply: SubmitReply) => void): boolean {
    if (!this.#open) return false;
    const { me } = this.#options;
    const taken = takeSubmitted(raw, me);
    queueMicrotask(() => {
      if (!this.#open) return;
      reply(taken.reply);
      for (const one of taken.events) this.#send(one);
    });
    return true;
  }

  acknowledge(acknowledgement: Acknowledgement): boolean {
    this.#arrivals.acknowledged(acknowledgement);
    return true;
  }

  /** Greets every friend: who is greeted back knows that both of us say so. */
  declareFriends(): boolean {
    if (!this.#open) return false;
    const { friends, leaving } = this.#options.friends.declaration();
    const wanted = new Set([...friends, ...leaving]);
    for (const [user, { contact, line }] of this.#peers) {
      if (wanted.has(user)) continue;
      this.#peers.delete(user);
      contact.close();
      line.close();
      this.#present(user, false);
    }
    for (const user of wanted) this.#peerOf(user)?.contact.greet();
    return true;
  }

  /** There is no way around the address of a peer. */
  ask(): boolean {
    return false;
  }

  answer(): boolean {
    return false;
  }

  census(): CarrierCensus {
    const contacts = [...this.#peers].map(([user, { contact }]) => ({ user, contact }));
    return {
      links: contacts.map(({ user, contact }) => ({
        connection: `${this.#options.me} to ${user}`,
        user: this.#options.me,
        ...contact.count,
      })),
      runnable: {
        exchanges: contacts.filter(({ contact }) => contact.busy).length,
        serving: this.#arrivals.size,
      },
      away: contacts.filter(({ contact }) => contact.state === 'away').map(({ user }) => user),
    };
  }

  async close(): Promise<void> {
    if (this.#open) this.#options.tell({ type: 'connection', user: this.#options.me, state: 'disconnected' });
    this.#open = false;
    this.#arrivals.close();
    for (const { contact, line } of this.#peers.values()) {
      contact.close();
      line.close();
    }
    this.#peers.clear();
  }

  /** Takes what a peer's backend POSTs; resolves after the commit. Throws `Refused`. */
  async receive(from: UserId, body: PeerEvents): Promise<PeerReceipts> {
    const { me, displayName, acks, friends } = this.#options;
    const friendship = friends.stateOf(from);
    if (friendship === 'stranger') throw new Refused('not_found');
    if (!this.#open) throw new Refused('unavailable');
    const batch = readBatch(body, { from, me, friendship });
    const { wanted } = batch;
    if (friendship === 'friend') this.#heard(from, batch);
    const answer = { display_name: displayName, acks, ...(friendship === 'leaving' && { leaving: true }) };
    const handOn = () => {
      for (const one of wanted) {
        if (one.kind === 'event') this.#events.onEvent(one.event);
        else this.#events.onUnreadable(one.envelope);
      }
    };
    if (!acks || wanted.length === 0) {
      handOn();
      return { ...answer, results: [] };
    }
    const ids = wanted.map((one) => (one.kind === 'event' ? one.event.id : one.envelope.id));
    return { ...answer, ...(await this.#arrivals.take(from, ids, handOn)) };
  }

  /** Once for each friend: what keeps us from calling them is no absence, and does not pass by itself. */
  #noteBadAddress(user: UserId): void {
    if (this.#notCalled.has(user)) return;
    this.#notCalled.add(user);
    const text = `${user}'s backend is not called: its address is private, which COLLAB_ALLOW_PRIVATE=1 admits, or no backend's at all.`;
    this.#options.tell({ type: 'note', level: 'warn', code: 'bad_address', text });
  }

  #send(event: DeliveredEvent): void {
    const { friends, peers } = this.#options;
    const [to] = event.to_users;
    if (to === undefined) return;
    const peer = mayPass(friends.stateOf(to), event.type) ? this.#peerOf(to) : undefined;
    if (peer) {
      peer.contact.send(event);
      return;
    }
    const verdict = peers[to] === undefined ? 'unknown' : 'not_friends';
    this.#tellLookedUp(event, to, verdict);
    this.#events.onReceipts([{ id: event.id, to, stage: 'unavailable' }]);
  }

  #peerOf(user: UserId): Peer | undefined {
    const found = this.#peers.get(user);
    const url = this.#options.peers[user];
    if (found || url === undefined || user === this.#options.me) return found;
    const line = this.#options.openLine(user, url, () => contact.greet());
    const contact: PeerContact = new PeerContact({
      user,
      displayName: this.#options.displayName,
      isLeft: () => this.#options.friends.stateOf(user) === 'leaving',
      backoff: this.#options.backoff,
      post: async (body, onWritten) => {
        const posted = await line.post(body, onWritten);
        if (posted.kind === 'unreachable' && posted.code === 'bad_address') this.#noteBadAddress(user);
        return posted;
      },
      onWritten: (events) => this.#written(user, events),
      onJudged: (events, judgement) => this.#judged(user, events, judgement),
    });
    const peer = { contact, line };
    this.#peers.set(user, peer);
    return peer;
  }

  #written(user: UserId, events: readonly DeliveredEvent[]): void {
    for (const event of events) {
      this.#tellLookedUp(event, user, 'deliver');
      this.#options.tell({ ...stepOf(event), step: 'routed', to: user, by: 'peer' });
    }
  }

  #judged(user: UserId, events: readonly DeliveredEvent[], judgement: PostJudgement): void {
    const { verdict, receipts } = judgement;
    if (verdict !== 'deliver') for (const event of events) this.#tellLookedUp(event, user, verdict);
    if (judgement.is !== 'reached' || judgement.leaving) this.#present(user, false);
    else if (this.#options.friends.stateOf(user) === 'friend') this.#here(user, judgement.displayName, false);
    if (receipts.length > 0) this.#events.onReceipts(receipts);
  }

  /** A friend calls us; without events it is a greeting, after which everything that waits may be sent. */
  #heard(
    user: UserId,
    { displayName, greeting, leaving }: Pick<Batch, 'displayName' | 'greeting' | 'leaving'>,
  ): void {
    this.#peerOf(user)?.contact.heard(leaving);
    if (leaving) this.#present(user, false);
    else this.#here(user, displayName, greeting);
  }

  #here(user: UserId, displayName: string | undefined, greeting: boolean): void {
    const news = !this.#online.has(user);
    if (news) this.#present(user, true, displayName);
    if (news || greeting) this.#events.onWake({ user_id: user });
  }

  #present(user: UserId, online: boolean, displayName: string = user): void {
    if (online === this.#online.has(user)) return;
    if (online) this.#online.add(user);
    else this.#online.delete(user);
    const { peers, keyOf, tell } = this.#options;
    tell({ type: 'presence', user, status: online ? 'online' : 'offline' });
    const key = keyOf(user);
    this.#events.onPresence({
      user_id: user,
      status: online ? 'online' : 'offline',
      display_name: displayName,
      last_seen: new Date().toISOString(),
      ...(peers[user] !== undefined && { backend_url: peers[user] }),
      ...(key && { peer_key: key }),
    });
  }

  #tellLookedUp(event: DeliveredEvent, to: UserId, verdict: RoutingVerdict): void {
    const url = this.#options.peers[to];
    this.#options.tell({
      ...stepOf(event),
      step: 'looked_up',
      to,
      verdict,
      by: 'peer',
      ...(url !== undefined && { backend_url: url }),
    });
  }
}
