import type { Carrier, CarrierCensus, CarrierEvents } from '../../client/carrier.ts';
import { stepOf } from '../../client/event-step.ts';
import type { DeliveredEvent } from '../../protocol/events.ts';
import type { EventId, UserId } from '../../protocol/ids.ts';
import type { PeerKey, Presence } from '../../protocol/presence.ts';
import type { Acknowledgement, Receipt, SubmitReply } from '../../protocol/receipts.ts';
import { receiptsOf } from '../../protocol/receipts-of.ts';
import type { RoutingVerdict, Tell } from '../../protocol/records.ts';
import { takeSubmitted } from '../addressed.ts';
import { mayPass } from '../checks/may-pass.ts';
import type { FriendStore } from '../store/friends.ts';
import type { Bus } from './bus.ts';

export interface BusCarrierOptions {
  readonly me: UserId;
  readonly displayName: string;
  readonly acks: boolean;
  readonly friends: Pick<FriendStore, 'stateOf'>;
  /** Where everybody of this process is. */
  readonly url: string;
  readonly peerKey: PeerKey;
  readonly bus: Bus;
  readonly tell: Tell;
}

/** The single topology: all users are in this process, so what would cross a network crosses a turn of the event loop. */
export class BusCarrier implements Carrier {
  readonly ready = Promise.resolve();
  readonly #options: BusCarrierOptions;
  readonly #events: CarrierEvents;
  #open = false;
  /** Who was last told to be here. */
  readonly #online = new Set<UserId>();
  #sent = 0;
  #received = 0;

  constructor(options: BusCarrierOptions, events: CarrierEvents) {
    this.#options = options;
    this.#events = events;
  }

  get connected(): boolean {
    return this.#open;
  }

  open(): void {
    const { bus, me, tell } = this.#options;
    this.#open = true;
    bus.seat(me, this);
    tell({ type: 'connection', user: me, state: 'connected' });
    bus.later(me, () => {
      this.#events.onConnected();
      this.declareFriends();
    });
  }

  submit(raw: unknown, reply: (reply: SubmitReply) => void): boolean {
    const { me, bus } = this.#options;
    if (!this.#open) return false;
    const taken = takeSubmitted(raw, me);
    bus.later(me, () => {
      reply(taken.reply);
      for (const one of taken.events) this.#send(one);
    });
    return true;
  }

  acknowledge(acknowledgement: Acknowledgement): boolean {
    const { me, bus, friends } = this.#options;
    const { from } = acknowledgement;
    if (!this.#open) return false;
    if (friends.stateOf(from) !== 'stranger') {
      bus.later(from, (sender) => sender.receipts(receiptsOf(me, acknowledgement)));
    }
    return true;
  }

  /** Both sides have to say so; each is told of the other when that changes. */
  declareFriends(): boolean {
    const { bus, me } = this.#options;
    if (!this.#open) return false;
    for (const other of bus.others(me)) {
      this.meet(other);
      other.meet(this);
    }
    return true;
  }

  /** There is no address that could not be reached. */
  ask(): boolean {
    return false;
  }

  answer(): boolean {
    return false;
  }

  census(): CarrierCensus {
    const { me, bus } = this.#options;
    const link = { connection: `bus of ${me}`, user: me, sent: this.#sent, received: this.#received };
    return { links: [link], runnable: { on_bus: bus.underWay }, away: [] };
  }

  async close(): Promise<void> {
    const { bus, me, tell } = this.#options;
    if (!this.#open) return;
    this.#open = false;
    bus.leave(me, this);
    tell({ type: 'connection', user: me, state: 'disconnected' });
    for (const other of bus.others(me)) other.missed(me);
  }

  get user(): UserId {
    return this.#options.me;
  }

  /** What somebody else may know of this user. */
  presence(status: Presence['status']): Presence {
    const { me, displayName, url, peerKey } = this.#options;
    const last_seen = new Date().toISOString();
    return { user_id: me, status, display_name: displayName, last_seen, backend_url: url, peer_key: peerKey };
  }

  calls(other: UserId): ReturnType<FriendStore['stateOf']> {
    return this.#options.friends.stateOf(other);
  }

  /** Looks whether another one who is here is a mutual friend now. */
  meet(other: BusCarrier): void {
    const { user } = other;
    const isFriend = this.calls(user) === 'friend' && other.calls(this.user) === 'friend';
    if (isFriend === this.#online.has(user)) return;
    if (!isFriend) {
      this.missed(user, other);
      return;
    }
    this.#online.add(user);
    this.#options.bus.later(this.user, () => {
      this.#events.onPresence(other.presence('online'));
      this.#events.onWake({ user_id: user });
    });
  }

  missed(user: UserId, other?: BusCarrier): void {
    if (!this.#online.delete(user)) return;
    const told = other?.presence('offline');
    const gone = {
      user_id: user,
      status: 'offline',
      display_name: user,
      last_seen: new Date().toISOString(),
    } as const;
    this.#options.bus.later(this.user, () => this.#events.onPresence(told ?? gone));
  }

  take(event: DeliveredEvent): void {
    this.#received += 1;
    this.#events.onEvent(event);
  }

  receipts(receipts: readonly Receipt[]): void {
    this.#events.onReceipts(receipts);
  }

  #send(event: DeliveredEvent): void {
    const { me, bus, friends, tell, url } = this.#options;
    const [to] = event.to_users;
    if (to === undefined) return;
    const other = bus.of(to);
    const passes =
      mayPass(friends.stateOf(to), event.type) && mayPass(other?.calls(me) ?? 'stranger', event.type);
    const verdict: RoutingVerdict = !other ? 'unknown' : passes ? 'deliver' : 'not_friends';
    tell({ ...stepOf(event), step: 'looked_up', to, verdict, by: 'bus', backend_url: url });
    if (!other || !passes) {
      this.receipts([{ id: event.id, to, stage: 'unavailable' }]);
      return;
    }
    this.#sent += 1;
    tell({ ...stepOf(event), step: 'routed', to, by: 'bus' });
    bus.later(to, (recipient) => recipient.take(event));
    this.#routed(event.id, to, !other.acknowledges);
  }

  get acknowledges(): boolean {
    return this.#options.acks;
  }

  #routed(id: EventId, to: UserId, final: boolean): void {
    this.receipts([{ id, to, stage: 'routed', ...(final && { final }) }]);
  }
}
