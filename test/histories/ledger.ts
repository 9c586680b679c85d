import type { Applied } from '../../src/client/collab-client.ts';
import type { InboxRecord } from '../../src/protocol/backend-rest.ts';
import type { DeliveredEvent, SubmittedEvent } from '../../src/protocol/events.ts';
import type { CommentId, EventId, PositionId, UserId } from '../../src/protocol/ids.ts';
import type { Happening } from '../../src/protocol/records.ts';
import type { SimulatedBackend } from './backend.ts';

/** A comment that its author was told to be written. */
export interface Written {
  readonly author: UserId;
  readonly owner: UserId;
  readonly position: PositionId;
  readonly comment: CommentId;
}

const busyMs = 300;

/** Watches a history from outside: what was done, in which order it came, and what nobody should have got. */
export class Ledger {
  readonly findings = new Set<string>();
  readonly written: Written[] = [];
  readonly forged = new Set<EventId>();
  /** Whose database was put back, ever. */
  readonly putBack = new Set<UserId>();
  /** `alice of bob`: alice parted from bob, and took back what she had for bob. */
  readonly parted = new Set<string>();
  readonly #busy = new Set<UserId>();
  /** By sender, recipient and event: the row of the outbox, whose order is the order of the acts. */
  readonly #rows = new Map<string, number>();
  /** By sender, recipient and row: what was committed. */
  readonly #taken = new Set<string>();
  /** By sender and recipient: the last row that was committed. */
  readonly #last = new Map<string, number>();

  /** The user's next event is not taken: the disk is busy. */
  makeBusy(user: UserId, isBusy: boolean): void {
    if (isBusy) this.#busy.add(user);
    else this.#busy.delete(user);
  }

  busy({ user }: SimulatedBackend): Applied | undefined {
    return this.#busy.delete(user) ? { outcome: 'later', retryAfterMs: busyMs } : undefined;
  }

  submitted({ user, disk }: SimulatedBackend, event: SubmittedEvent): void {
    for (const { n, event_id, recipient } of disk.outbox.all()) {
      if (event_id === event.id) this.#rows.set(`${user} ${recipient} ${event_id}`, n);
    }
  }

  committed({ user, disk }: SimulatedBackend, { event, outcome }: InboxRecord): void {
    const { id, from_user: from, type, data } = event;
    const { positions, shares } = disk.store;
    const isOwn = positions.find(data.position_id)?.kind === 'own';
    if (isOwn && outcome === 'applied' && !shares.find(data.position_id, from)) {
      this.findings.add(`zombie: ${user} took ${type} by ${from}, who has no access to ${data.position_id}`);
    }
    // A revoke of what is not there takes nothing; of one that took something, the missing copy tells.
    const isForged = this.forged.has(id) && type !== 'share_revoked';
    if (isForged && outcome === 'applied') this.findings.add(`forged: ${user} took ${type} by ${from}`);
    const pair = `${from} ${user}`;
    const row = this.#rows.get(`${pair} ${id}`);
    if (row === undefined) return;
    const last = this.#last.get(pair) ?? 0;
    // Who dies before it is written that a change has left merges the next one into its row.
    const place = `${pair} ${row}`;
    if (this.#taken.has(place)) return;
    this.#taken.add(place);
    if (row < last)
      this.findings.add(`disordered: ${user} got ${type} of ${from} (row ${row}) after row ${last}`);
    this.#last.set(pair, row);
  }

  handedOver({ type, from_user, to_users: [to] }: DeliveredEvent, areFriends: boolean): void {
    if (!areFriends && type !== 'share_revoked')
      this.findings.add(`leak: ${type} of ${from_user} reached ${to}`);
  }

  told({ disk }: SimulatedBackend, happening: Happening): void {
    if (happening.type !== 'served') return;
    const { user, to, position } = happening;
    const isReader = disk.store.friends.stateOf(to) === 'friend' && disk.store.shares.find(position, to);
    if (!isReader) this.findings.add(`leak: ${user} served ${position} to ${to}`);
  }

  /** A database went back in time: its numbers are given anew, and what it had got is not there any more. */
  forget(user: UserId): void {
    this.putBack.add(user);
    for (const places of [this.#rows, this.#last, this.#taken]) {
      for (const key of places.keys()) if (key.split(' ', 2).includes(user)) places.delete(key);
    }
  }
}
