import type { OutboxState } from '../protocol/backend-rest.ts';
import type { SubmittedEvent } from '../protocol/events.ts';
import type { Epoch, EventId, UserId } from '../protocol/ids.ts';
import type { Receipt, SubmitReply } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import { outboxCensus } from './outbox-census.ts';
import { frameOf, inFrames, type Outgoing, sentStep } from './outbox-frames.ts';
import { OutboxStreams, type OutboxStreamsOptions } from './outbox-streams.ts';
import type { OutboxWriter } from './outbox-writer.ts';
import type { Moment, SenderInput } from './sender-state.ts';
import { dueCount, nextTick } from './sender-stream.ts';
import { Submissions } from './submissions.ts';
import { type Clock, realClock } from './turn.ts';

/** `epoch`: this life of the outbox, which has never been before. */
export interface OutboxSenderOptions extends OutboxStreamsOptions {
  readonly writer: OutboxWriter;
  readonly user: UserId;
  /** How often rows that are too old are looked for. */
  readonly expiryCheckMs: number;
  /** Hands one frame to the relay; called only between connected() and disconnected(). */
  readonly submit: (event: SubmittedEvent, reply: (reply: SubmitReply) => void) => void;
  readonly tell: Tell;
  /** Absent: the real one. */
  readonly clock?: Clock | undefined;
}

const maxUnreplied = 256;

/** Joins the streams of all recipients with their table and the connection. */
export class OutboxSender {
  readonly #options: OutboxSenderOptions;
  readonly #clock: Clock;
  readonly #streams: OutboxStreams;
  readonly #attention = new Set<UserId>();
  readonly #alarm: ReturnType<Clock['alarm']>;
  #expireAt = 0;
  readonly #submissions: Submissions;
  #online = false;
  /** Grows with every connection, so that a reply on an earlier one is told from one of now. */
  #connection = 0;
  #closed = false;

  constructor(options: OutboxSenderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#alarm = this.#clock.alarm(() => this.#tick());
    const { replyTimeoutMs } = options.settings;
    this.#submissions = new Submissions({ limit: maxUnreplied, replyTimeoutMs });
    this.#streams = new OutboxStreams(options);
    this.#alarm.by(this.#clock.now());
  }

  /** Rows of these recipients were added or taken back, and that is committed. */
  changed(recipients: ReadonlySet<UserId>): void {
    if (this.#closed) return;
    for (const recipient of recipients) {
      this.#streams.compare(recipient, this.#moment());
      this.#feed(recipient, { type: 'added' });
    }
    this.#options.writer.recount();
    this.#send();
  }

  /**
   * A life of this recipient's process begins that may have another database: what an earlier one has said of events
   * that are held here is not believed any more, so they are sent again.
   */
  restart(recipient: UserId): void {
    this.#feedKnown(recipient, { type: 'restarted' });
  }

  /** What was taken back from this recipient is not to be taken any more: a new life begins, with the next send. */
  part(recipient: UserId): void {
    this.#streams.begin(recipient, this.#moment());
    this.#attention.add(recipient);
  }

  /** The life whose events this recipient may still take. */
  lifeTowards(recipient: UserId): Epoch {
    return this.#streams.lifeTowards(recipient);
  }

  wasSent(recipient: UserId, n: number): boolean {
    return this.#streams.wasSent(recipient, n);
  }

  connected(): void {
    this.#online = true;
    this.#connection += 1;
    this.#submissions.reset();
    this.#turned();
  }

  disconnected(): void {
    this.#online = false;
    this.#submissions.reset();
    this.#turned();
  }

  wake(recipient: UserId): void {
    this.#feedKnown(recipient, { type: 'wake' });
  }

  absent(recipient: UserId): void {
    this.#feedKnown(recipient, { type: 'absent' });
  }

  receipts(receipts: readonly Receipt[]): void {
    for (const [recipient, about] of Map.groupBy(receipts, ({ to }) => to)) {
      if (this.#streams.all.has(recipient)) this.#feed(recipient, { type: 'receipts', receipts: about });
    }
    this.#send();
  }

  state(query: { readonly eventId?: EventId; readonly limit: number }): OutboxState {
    if (!this.#options.db.isTransaction) this.#options.writer.flush();
    const { table } = this.#options;
    return { pending: table.totalPending(), entries: table.entries(query.eventId, query.limit) };
  }

  waiting(recipient: UserId): Set<EventId> {
    if (!this.#options.db.isTransaction) this.#options.writer.flush();
    return this.#options.table.waiting(recipient);
  }

  census(): { readonly runnable: Record<string, number>; readonly parked: Record<string, number> } {
    if (!this.#options.db.isTransaction) this.#options.writer.flush();
    const pending = [...this.#options.table.pending()].map(([recipient, rows]) => ({
      stream: this.#streams.all.get(recipient),
      rows,
    }));
    const now = this.#clock.now();
    const { runnable, parked } = outboxCensus(pending, now < this.#submissions.shutUntil);
    return { runnable: { replies: this.#submissions.unreplied(now), ...runnable }, parked: { ...parked } };
  }

  close(): void {
    this.#closed = true;
    this.#alarm.cancel();
    this.#options.writer.close();
  }

  #feed(recipient: UserId, input: SenderInput): void {
    this.#streams.feed(recipient, input, this.#moment());
    this.#attention.add(recipient);
  }

  #feedKnown(recipient: UserId, input: SenderInput): void {
    if (!this.#streams.all.has(recipient)) return;
    this.#feed(recipient, input);
    this.#send();
  }

  #turned(): void {
    this.#streams.turn(this.#online, this.#moment());
    for (const recipient of this.#streams.all.keys()) this.#attention.add(recipient);
    this.#send();
  }

  /** Sends what may be sent of the streams that something happened to. */
  #send(): void {
    if (this.#closed) return;
    const at = this.#moment();
    const outgoing: Outgoing[] = [];
    let budget = this.#submissions.budget(at.now);
    for (const recipient of this.#attention) {
      const { stream, outgoing: taken } = this.#streams.take(recipient, budget, at);
      budget -= taken.length;
      outgoing.push(...taken);
      this.#alarm.by(nextTick(stream));
      // What the budget or the gate kept back is looked at again with the next reply or when the gate opens.
      if (!this.#online || stream.phase.id === 'held' || dueCount(stream) === 0)
        this.#attention.delete(recipient);
    }
    const { shutUntil } = this.#submissions;
    if (this.#attention.size > 0 && at.now < shutUntil) this.#alarm.by(shutUntil);
    for (const frame of inFrames(outgoing)) this.#submit(frame);
  }

  #submit(frame: readonly [Outgoing, ...Outgoing[]]): void {
    const { user, submit, tell } = this.#options;
    for (const { row } of frame) this.#streams.leaves(row);
    tell(sentStep(user, frame));
    const event = frameOf(user, frame);
    if (!event) {
      this.#replied(frame, { status: 'rejected', code: 'unsendable' }, false);
      this.#alarm.by(this.#clock.now());
      return;
    }
    const connection = this.#connection;
    const answered = this.#submissions.opened(this.#clock.now());
    submit(event, (reply) => {
      if (this.#closed || !this.#online || connection !== this.#connection) return;
      answered(reply, this.#clock.now());
      this.#replied(frame, reply, frame.length > 1);
      this.#send();
    });
  }

  #replied(frame: readonly Outgoing[], reply: SubmitReply, shared: boolean): void {
    for (const { row, send } of frame) {
      this.#feed(row.recipient, { type: 'reply', n: send.n, reply, shared });
    }
  }

  #moment(): Moment {
    return { now: this.#clock.now(), random: this.#clock.random };
  }

  #tick(): void {
    if (this.#closed || !this.#options.db.isOpen) return;
    const now = this.#clock.now();
    if (now >= this.#expireAt) {
      this.#expireAt = now + this.#options.expiryCheckMs;
      for (const recipient of this.#options.writer.expire()) {
        this.#streams.compare(recipient, this.#moment());
        this.#attention.add(recipient);
      }
    }
    this.#alarm.by(this.#expireAt);
    for (const [recipient, stream] of this.#streams.all) {
      if (nextTick(stream) <= now) this.#feed(recipient, { type: 'tick' });
      else this.#alarm.by(nextTick(stream));
    }
    this.#send();
  }
}
