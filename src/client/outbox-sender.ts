import type { OutboxState } from '../protocol/backend-rest.ts';
import type { SubmittedEvent } from '../protocol/events.ts';
import type { Epoch, EventId, UserId } from '../protocol/ids.ts';
import type { Receipt, SubmitReply } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import { outboxCensus } from './outbox-census.ts';
import { frameOf, inFrames, type Outgoing, sentStep } from './outbox-frames.ts';
import type { OutboxRow, OutboxRows } from './outbox-table.ts';
import type { OutboxWriter } from './outbox-writer.ts';
import {
  type Moment,
  type Move,
  newSenderStream,
  type SenderInput,
  type SenderSettings,
  type SenderStream,
} from './sender-state.ts';
import { heldOtherwise } from './sender-steps.ts';
import { advance, dueCount, nextTick, roomFor, takeSends } from './sender-stream.ts';
import { Submissions } from './submissions.ts';
import type { Transactional } from './transaction.ts';
import { type Clock, realClock } from './turn.ts';

export interface OutboxSenderOptions {
  readonly db: Transactional;
  readonly table: OutboxRows;
  readonly writer: OutboxWriter;
  readonly user: UserId;
  /** This life of the outbox, which has never been before. */
  readonly epoch: Epoch;
  readonly settings: SenderSettings;
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
  readonly #streams = new Map<UserId, SenderStream>();
  /** Towards whom it began anew since the start. */
  readonly #lives = new Map<UserId, Epoch>();
  /** What is in the air, by row of the table. */
  readonly #rows = new Map<number, OutboxRow>();
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
    for (const recipient of options.table.pending().keys()) this.#streamOf(recipient);
    this.#alarm.by(this.#clock.now());
  }

  /** Rows of these recipients were added or taken back, and that is committed. */
  changed(recipients: ReadonlySet<UserId>): void {
    if (this.#closed) return;
    for (const recipient of recipients) {
      this.#compare(recipient);
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
    this.#feed(recipient, { type: 'restarted' });
    this.#lives.set(recipient, this.#streamOf(recipient).epoch);
  }

  /** The life whose events this recipient may still take. */
  lifeTowards(recipient: UserId): Epoch {
    return this.#lives.get(recipient) ?? this.#options.epoch;
  }

  wasSent(recipient: UserId, n: number): boolean {
    const held = this.#streams.get(recipient)?.rows.find((row) => row.n === n);
    // What is settled has left the stream at once, and the table learns of that a little later.
    return (held !== undefined && held.sends > 0) || this.#options.writer.isMoving(n);
  }

  connected(): void {
    this.#online = true;
    this.#connection += 1;
    this.#submissions.reset();
    this.#feedAll({ type: 'connected' });
  }

  disconnected(): void {
    this.#online = false;
    this.#submissions.reset();
    this.#feedAll({ type: 'disconnected' });
  }

  wake(recipient: UserId): void {
    this.#feedKnown(recipient, { type: 'wake' });
  }

  absent(recipient: UserId): void {
    this.#feedKnown(recipient, { type: 'absent' });
  }

  receipts(receipts: readonly Receipt[]): void {
    for (const [recipient, about] of Map.groupBy(receipts, ({ to }) => to)) {
      if (this.#streams.has(recipient)) this.#feed(recipient, { type: 'receipts', receipts: about });
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
      stream: this.#streams.get(recipient),
      rows,
    }));
    const { runnable, parked } = outboxCensus(pending, this.#clock.now() < this.#submissions.shutUntil);
    return { runnable: { replies: this.#submissions.unreplied, ...runnable }, parked: { ...parked } };
  }

  close(): void {
    this.#closed = true;
    this.#alarm.cancel();
    this.#options.writer.close();
  }

  #streamOf(recipient: UserId): SenderStream {
    const found = this.#streams.get(recipient);
    if (found) return found;
    const stream = { ...newSenderStream(this.#options.epoch), online: this.#online };
    this.#streams.set(recipient, stream);
    return stream;
  }

  #feed(recipient: UserId, input: SenderInput): void {
    const { stream, moves } = advance(
      this.#streamOf(recipient),
      input,
      this.#moment(),
      this.#options.settings,
    );
    this.#streams.set(recipient, stream);
    this.#attention.add(recipient);
    for (const move of moves) {
      const row = this.#rows.get(move.n);
      if (!row) continue;
      this.#moved(row, move);
    }
  }

  #moved(row: OutboxRow, move: Move): void {
    if (move.settled) {
      this.#rows.delete(move.n);
      this.#options.writer.add(move, row.attempts, true);
      return;
    }
    // A resend that was accepted says less than what is known of an earlier attempt.
    const isNew = move.stage === 'accepted' ? row.stage === 'pending' : row.stage !== move.stage;
    const stage = isNew ? move.stage : row.stage;
    const code = isNew ? move.code : (row.code ?? undefined);
    this.#rows.set(row.n, { ...row, stage, code: code ?? null });
    this.#options.writer.add({ n: row.n, id: row.event_id, stage, code }, row.attempts, isNew);
  }

  #feedKnown(recipient: UserId, input: SenderInput): void {
    if (!this.#streams.has(recipient)) return;
    this.#feed(recipient, input);
    this.#send();
  }

  #feedAll(input: SenderInput): void {
    for (const recipient of this.#streams.keys()) this.#feed(recipient, input);
    this.#send();
  }

  /** Sends what may be sent of the streams that something happened to. */
  #send(): void {
    if (this.#closed) return;
    const at = this.#moment();
    const outgoing: Outgoing[] = [];
    let budget = this.#submissions.budget(at.now);
    for (const recipient of this.#attention) {
      this.#takeIn(recipient);
      const before = this.#streamOf(recipient);
      const { stream, sends } = takeSends(before, budget, at, this.#options.settings);
      this.#streams.set(recipient, stream);
      budget -= sends.length;
      for (const send of sends) {
        const row = this.#rows.get(send.n);
        if (row) outgoing.push({ row, send });
      }
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
    for (const { row } of frame) this.#rows.set(row.n, { ...row, attempts: row.attempts + 1 });
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

  #takeIn(recipient: UserId): void {
    const stream = this.#streamOf(recipient);
    const room = roomFor(stream, this.#options.settings);
    if (room <= 0 || this.#options.db.isTransaction) return;
    const rows = this.#options.table.after(recipient, stream.lastTaken, room);
    for (const row of rows) this.#rows.set(row.n, row);
    const taken = rows.map(({ n, event_id }) => ({ n, id: event_id }));
    this.#feed(recipient, { type: 'rows', rows: taken, more: rows.length === room });
  }

  /** Lets go of rows that the table does not hold as pending any more, and takes what it holds otherwise. */
  #compare(recipient: UserId): void {
    const stream = this.#streams.get(recipient);
    if (!stream || stream.rows.length === 0) return;
    const { table } = this.#options;
    const { gone, replaced } = heldOtherwise(stream, table.stillPending(recipient, stream.lastTaken));
    for (const n of gone) this.#rows.delete(n);
    for (const n of replaced.keys()) {
      const row = table.row(n);
      if (row) this.#rows.set(n, row);
    }
    if (gone.size > 0) this.#feed(recipient, { type: 'dropped', rows: gone });
    if (replaced.size > 0) this.#feed(recipient, { type: 'replaced', rows: replaced });
  }

  #moment(): Moment {
    return { now: this.#clock.now(), random: this.#clock.random };
  }

  #tick(): void {
    if (this.#closed || !this.#options.db.isOpen) return;
    const now = this.#clock.now();
    if (now >= this.#expireAt) {
      this.#expireAt = now + this.#options.expiryCheckMs;
      for (const recipient of this.#options.writer.expire()) this.#compare(recipient);
    }
    this.#alarm.by(this.#expireAt);
    for (const [recipient, stream] of this.#streams) {
      if (nextTick(stream) <= now) this.#feed(recipient, { type: 'tick' });
      else this.#alarm.by(nextTick(stream));
    }
    this.#send();
  }
}
