import { friendHandlers } from '../../src/backend/handlers/friends.ts';
import { positionHandlers } from '../../src/backend/handlers/positions.ts';
import { shareHandlers } from '../../src/backend/handlers/shares.ts';
import { inbound } from '../../src/backend/inbound.ts';
import { performer } from '../../src/backend/perform.ts';
import { relayLink } from '../../src/backend/relay-link.ts';
import type { Store } from '../../src/backend/store/store.ts';
import { Acknowledger } from '../../src/client/acknowledger.ts';
import { fullJitter } from '../../src/client/backoff.ts';
import { freshEpoch } from '../../src/client/epochs.ts';
import { InboxReceiver } from '../../src/client/inbox-receiver.ts';
import type { InboxRows } from '../../src/client/inbox-table.ts';
import { OutboxIntake } from '../../src/client/outbox-intake.ts';
import { OutboxSender } from '../../src/client/outbox-sender.ts';
import { OutboxWriter } from '../../src/client/outbox-writer.ts';
import { PresenceBook } from '../../src/client/presence-book.ts';
import type { RouteCall } from '../../src/http/serve-routes.ts';
import { epoch, life, type UserId } from '../../src/protocol/ids.ts';
import type { Happening } from '../../src/protocol/records.ts';
import type { Route } from '../../src/protocol/route.ts';
import { Comparisons } from './comparisons.ts';
import { Fetches } from './fetches.ts';
import type { Ledger } from './ledger.ts';
import type { Link, ToUser } from './link.ts';
import { MemoryDatabase } from './memory-database.ts';
import { memoryStore } from './memory-store.ts';
import { memoryInbox, memoryOutbox } from './memory-tables.ts';
import { urlOf } from './relay.ts';
import type { Process, Time } from './time.ts';
import type { Web } from './web.ts';

const ackDelayMs = 5;
const settings = { window: 6, sweepMs: 1000, replyTimeoutMs: 200 };
const reconnect = { from: 20, to: 200 };
/** Nothing gets that old in a history. */
const ageMs = 30 * 24 * 3600 * 1000;
/** Acknowledgements leave when the time of the history says so, never by the clock of this machine. */
const farOff = 2 ** 30;

/** What survives its process. */
export class Disk {
  readonly user: UserId;
  readonly db = new MemoryDatabase();
  readonly store: Store = memoryStore(this.db);
  readonly outbox = memoryOutbox(this.db);
  readonly inbox: InboxRows = memoryInbox(this.db);

  constructor(user: UserId, friends: readonly UserId[]) {
    this.user = user;
    this.store.friends.seed(friends);
  }
}

export interface Surroundings {
  readonly time: Time;
  readonly web: Web;
  readonly ledger: Ledger;
  /** Lets a process do something, and die of it where it is to. */
  readonly run: (backend: SimulatedBackend, work: () => void) => void;
  /** A connection to the relay; undefined while there is none. */
  readonly dial: (user: UserId) => Link | undefined;
}

/**
 * One life of a user's backend, from a start to its end, made of the product's own parts: acts, effects and checks,
 * outbox, inbox, acknowledgements, presence. Connection and the two runners, which are all sockets and timers, are told
 * here again in the time of the history.
 */
export class SimulatedBackend implements Process {
  readonly user: UserId;
  readonly disk: Disk;
  readonly fetches: Fetches;
  readonly comparisons: Comparisons;
  readonly presences: PresenceBook;
  readonly handlers: ReturnType<typeof positionHandlers> &
    ReturnType<typeof friendHandlers> &
    ReturnType<typeof shareHandlers>;
  isPaused = false;
  isDead = false;
  readonly #around: Surroundings;
  readonly #writer: OutboxWriter;
  readonly #sender: OutboxSender;
  readonly #intake: OutboxIntake;
  readonly #acknowledger: Acknowledger;
  readonly #receiver: InboxReceiver;
  #link: Link | undefined;
  #isGreeted = false;
  #failures = 0;
  #flushes = false;
  #friendsOutdated = false;

  constructor(disk: Disk, around: Surroundings) {
    const { user, db, store, outbox, inbox } = disk;
    const { time, ledger } = around;
    this.user = user;
    this.disk = disk;
    this.#around = around;
    const tell = (happening: Happening) => ledger.told(this, happening);
    const pages = { push: () => 0 };
    const client = {
      enqueue: (event: Parameters<OutboxIntake['enqueue']>[0]) => this.#intake.enqueue(event),
      purge: (rows: Parameters<OutboxIntake['purge']>[0]) => this.#intake.purge(rows),
      committed: () => this.#intake.committed(),
      friendsChanged: () => {
        this.#acknowledger.flush();
        this.#friendsOutdated = true;
        if (this.#isGreeted) this.#declareFriends();
      },
      presenceOf: (friend: UserId) => this.presences.of(friend),
      waiting: (to: UserId) => this.#sender.waiting(to),
      lifeTowards: (friend: UserId) => life.parse(this.#sender.lifeTowards(friend)),
    };
    const ofLink = relayLink({
      store,
      pages,
      tell,
      friendsChanged: client.friendsChanged,
      onFriendOnline: (friend) => {
        this.fetches.hurry(friend);
        this.comparisons.hurry(friend);
      },
    });
    const received = inbound({
      me: user,
      store,
      pages,
      client: () => client,
      wakeFetches: () => this.fetches.wake(),
      onMoved: (friend, position) => this.comparisons.moved(friend, position),
      onQuarantined: (friend) => this.comparisons.ask(friend),
      tell,
    });
    this.#writer = new OutboxWriter({ db, table: outbox, user, ageMs, ...ofLink, tell });
    this.#sender = new OutboxSender({
      db,
      table: outbox,
      writer: this.#writer,
      user,
      epoch: freshEpoch(time.birthday(), time.random),
      settings,
      submit: (event, reply) => {
        ledger.submitted(this, event);
        this.#link?.say({ kind: 'submit', event, reply });
      },
      tell,
      expiryCheckMs: ageMs,
      clock: time.clock(this),
    });
    this.#intake = new OutboxIntake({
      db,
      table: outbox,
      user,
      wasSent: (recipient, n) => this.#sender.wasSent(recipient, n),
      onParted: (recipient) => this.#sender.part(recipient),
      onChanged: (recipients) => this.#sender.changed(recipients),
      tell,
    });
    this.#acknowledger = new Acknowledger({
      delayMs: farOff,
      send: (acknowledgement) =>
        this.#isGreeted && this.#link?.say({ kind: 'ack', acknowledgement }) === true,
    });
    this.#receiver = new InboxReceiver({
      db,
      table: inbox,
      acknowledger: this.#acknowledger,
      user,
      acks: true,
      apply: (event) => ledger.busy(this) ?? received.apply(event),
      onCommitted: (record) => {
        ledger.committed(this, record);
        received.committed(record);
      },
      onSkipped: (friend) => this.comparisons.ask(friend),
      tell,
    });
    this.presences = new PresenceBook(ofLink.onPresence);
    this.fetches = new Fetches(this, around);
    this.comparisons = new Comparisons(this, around, client);
    const perform = performer({
      me: { id: user, display_name: user },
      store,
      publicUrl: urlOf(user),
      client,
      pages,
      tell,
    });
    this.handlers = {
      ...positionHandlers({ me: user, store, perform, tell }),
      ...friendHandlers({ store, client, perform, onBefriended: (friend) => this.comparisons.ask(friend) }),
      ...shareHandlers({
        store,
        heard: (friend, now) => {
          if (this.#receiver.began(friend, epoch.parse(now))) this.#sender.restart(friend);
          this.comparisons.heard(friend, now);
        },
      }),
    };
    for (const friend of store.friends.declaration().friends) this.comparisons.ask(friend);
    this.#dial();
  }

  get waits(): boolean {
    return this.isPaused || this.isDead;
  }

  run(work: () => void): void {
    this.#around.run(this, work);
  }

  get link(): Link | undefined {
    return this.#link;
  }

  get isConnected(): boolean {
    return this.#isGreeted;
  }

  /** Nothing that goes on by itself is left, but for the outbox. */
  get isQuiet(): boolean {
    return this.#acknowledger.size === 0 && this.fetches.isQuiet && this.comparisons.isQuiet;
  }

  take(frame: ToUser): void {
    switch (frame.kind) {
      case 'ready':
        this.#isGreeted = true;
        this.#failures = 0;
        if (this.#friendsOutdated) this.#declareFriends();
        this.#acknowledger.flush();
        this.#sender.connected();
        return;
      case 'reply':
        frame.take();
        return;
      case 'event':
        this.#receiver.receive(frame.event);
        this.#flushSoon();
        return;
      case 'receipts':
        this.#sender.receipts(frame.receipts);
        return;
      case 'presence':
        if (frame.presence.status === 'offline') this.#sender.absent(frame.presence.user_id);
        this.presences.told(frame.presence);
        return;
      case 'wake':
        this.#sender.wake(frame.user);
        return;
      default:
        frame satisfies never;
    }
  }

  /** The connection is gone, and this end has noticed. */
  lost(): void {
    const wasGreeted = this.#isGreeted;
    this.#isGreeted = false;
    if (this.#link) this.#link.isUpAtUser = false;
    this.#link = undefined;
    const { time } = this.#around;
    const pause = fullJitter(reconnect, this.#failures, time.random());
    this.#failures += 1;
    time.after(pause + 1, () => this.#dial(), this);
    if (!wasGreeted) return;
    this.#sender.disconnected();
    this.presences.lost();
  }

  /** The end of an event-loop turn: what was left for it is done. */
  turn(): void {
    if (this.isDead || !this.disk.db.isOpen) return;
    this.#intake.committed();
    this.#writer.flush();
  }

  /** The process is no more: nothing is flushed, nothing is said. */
  die(): void {
    this.isDead = true;
    this.disk.db.isOpen = false;
    if (this.#link) this.#link.isUpAtUser = false;
    this.#acknowledger.close();
    this.#intake.close();
    this.#sender.close();
  }

  #dial(): void {
    this.#link = this.#around.dial(this.user);
    if (!this.#link) {
      this.lost();
      return;
    }
    this.#friendsOutdated = false;
    this.#link.say({ kind: 'hello', friends: this.disk.store.friends.declaration() });
  }

  #declareFriends(): void {
    this.#link?.say({ kind: 'friends', friends: this.disk.store.friends.declaration() });
  }

  #flushSoon(): void {
    if (this.#flushes) return;
    this.#flushes = true;
    this.#around.time.after(
      ackDelayMs,
      () => {
        this.#flushes = false;
        this.#acknowledger.flush();
      },
      this,
    );
  }
}

/** A request of a user's own page, or of a peer, as the handlers get it. */
export const asked = <Params, Body, Query>(
  params: Params,
  { body, query, caller }: { body: Body; query: Query; caller: RouteCall<Route>['caller'] },
) => ({ params, query, body, caller, host: undefined, address: '', headers: {} });
