import { messageOf } from '../problem.ts';
import type { InboxRecord } from '../protocol/backend-rest.ts';
import type { DeliveredEvent } from '../protocol/events.ts';
import type { Epoch, UserId } from '../protocol/ids.ts';
import type { AckResult } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import { type Attempt, answerTo } from './ack-policy.ts';
import type { Acknowledger } from './acknowledger.ts';
import type { Applied } from './collab-client.ts';
import { isEarlier } from './epochs.ts';
import { stepOf } from './event-step.ts';
import type { InboxRows, Outcome } from './inbox-table.ts';
import { type Decision, decide, type RecipientStream } from './recipient-stream.ts';
import { inTransaction, isPassingFailure, type Transactional } from './transaction.ts';
import type { UnreadableEvent } from './unreadable-event.ts';

export interface InboxReceiverOptions {
  readonly db: Transactional;
  readonly table: InboxRows;
  readonly acknowledger: Acknowledger;
  readonly user: UserId;
  /** False: routed is final for our senders, so there is no order to be kept by asking again. */
  readonly acks: boolean;
  readonly apply: (event: DeliveredEvent) => Applied;
  readonly onCommitted: (record: InboxRecord) => void;
  /** A sender gave up events, or may have: see `skipped` in recipient-stream.ts. */
  readonly onSkipped: (from: UserId) => void;
  readonly tell: Tell;
}

/** A handler or a disk that is not ready does not say for how long. */
const busyRetryMs = 1000;

/** Takes events from the connection, one transaction each, and acknowledges what is committed. */
export class InboxReceiver {
  readonly #options: InboxReceiverOptions;
  readonly #streams = new Map<UserId, RecipientStream>();
  /** The newest life of each sender that was heard of elsewhere. */
  readonly #lives = new Map<UserId, Epoch>();
  #gaps = 0;

  constructor(options: InboxReceiverOptions) {
    this.#options = options;
  }

  /** How often something was missing before what came. */
  get gaps(): number {
    return this.#gaps;
  }

  receive(event: DeliveredEvent): void {
    if (event.to_users[0] === this.#options.user) this.#take(event, event);
    else this.#note('misrouted', `An event for ${event.to_users[0]} from ${event.from_user} was not taken.`);
  }

  /** A sender has begun this life: what is late of its earlier ones is not taken any more. False: that is known. */
  began(from: UserId, life: Epoch): boolean {
    const before = this.#lives.get(from);
    const isNews = before === undefined || (life !== before && !isEarlier(life, before));
    if (isNews) this.#lives.set(from, life);
    return isNews;
  }

  /** An event that no schema of ours reads is refused in its turn, or its stream would wait for it for ever. */
  refuse(envelope: UnreadableEvent): void {
    this.#take(envelope, undefined);
  }

  #take(envelope: UnreadableEvent, event: DeliveredEvent | undefined): void {
    const { id, from_user: from, epoch, seq, base } = envelope;
    const { acks, table } = this.#options;
    const read = this.#read(() => {
      const outcome = table.outcomeOf(from, id);
      const arrival = { ...(acks && { epoch, seq, base }), known: outcome !== undefined };
      return {
        outcome,
        decision: decide(this.#streams.get(from), arrival, {
          last: () => table.lastPlace(from),
          life: this.#lives.get(from),
        }),
      };
    });
    if (read === 'unreachable') {
      this.#answer(envelope, answerTo(id, { laterMs: busyRetryMs }));
      return;
    }
    const { outcome, decision } = read;
    this.#answerBy(decision, envelope, event, outcome);
    if (decision.skipped) this.#options.onSkipped(from);
  }

  #answerBy(
    decision: Decision,
    envelope: UnreadableEvent,
    event: DeliveredEvent | undefined,
    known: Outcome | undefined,
  ): void {
    const { id, from_user: from } = envelope;
    switch (decision.verdict) {
      case 'duplicate':
        this.#keep(from, decision.stream);
        if (event) this.#tellReceived(event, true);
        this.#answer(envelope, answerTo(id, { outcome: known ?? taken, record: undefined }), event);
        return;
      case 'gap':
        this.#gaps += 1;
        this.#keep(from, decision.stream);
        this.#answer(envelope, { id, status: 'nacked', code: 'gap', want: decision.want });
        return;
      case 'stale':
        this.#keep(from, decision.stream);
        this.#answer(envelope, { id, status: 'nacked', code: 'epoch', above: decision.above });
        return;
      case 'apply':
        break;
      default:
        decision satisfies never;
        return;
    }
    if (event) this.#tellReceived(event, false);
    const attempt: Attempt = event ? this.#attempt(event) : { outcome: unreadable, record: undefined };
    if ('laterMs' in attempt) {
      this.#keep(from, decision.uncommitted);
      this.#answer(envelope, answerTo(id, attempt));
      return;
    }
    this.#keep(from, decision.stream);
    this.#answer(envelope, answerTo(id, attempt), event);
    if (attempt.record) this.#tellCommitted(attempt.record);
  }

  /** `apply` and the record of it in one transaction, or its failure in one of its own. */
  #attempt(event: DeliveredEvent): Attempt {
    const { db, table, apply } = this.#options;
    // A transaction that the caller left open belongs to something else.
    if (db.isTransaction) return { laterMs: busyRetryMs };
    try {
      const record = inTransaction(db, () => {
        const applied = apply(event);
        if (applied.outcome === 'later') throw new Later(applied.retryAfterMs);
        return table.insert(event, applied);
      });
      return { outcome: record, record };
    } catch (error) {
      if (error instanceof Later) return { laterMs: error.ms };
      if (isPassingFailure(error)) return this.#notNow(error);
      return this.#quarantine(event, error);
    }
  }

  #quarantine(event: DeliveredEvent, poison: unknown): Attempt {
    const { db, table } = this.#options;
    this.#note('handler_error', `${event.type} ${event.id} could not be applied: ${messageOf(poison)}`);
    try {
      const record = inTransaction(db, () =>
        table.insert(event, { outcome: 'quarantined', code: 'handler_error' }),
      );
      return { outcome: record, record };
    } catch (error) {
      if (isPassingFailure(error)) return this.#notNow(error);
      throw error;
    }
  }

  #notNow(error: unknown): Attempt {
    this.#note(
      'inbox_not_written',
      `An event could not be written and is asked for again: ${messageOf(error)}`,
    );
    return { laterMs: busyRetryMs };
  }

  #read<Found>(look: () => Found): Found | 'unreachable' {
    try {
      return look();
    } catch (error) {
      if (isPassingFailure(error)) return 'unreachable';
      throw error;
    }
  }

  #keep(from: UserId, stream: RecipientStream | undefined): void {
    if (stream) this.#streams.set(from, stream);
  }

  /** `handled`: the event that the result says is done with. */
  #answer(envelope: UnreadableEvent, result: AckResult, handled?: DeliveredEvent): void {
    const { from_user: from, epoch, seq, base } = envelope;
    const { acks, acknowledger, tell, user } = this.#options;
    if (!acks) return;
    const stream = this.#streams.get(from);
    // Cumulative only in the numbers of now: a late event of an earlier epoch is answered for itself.
    const upto = stream && stream.epoch === epoch && stream.expected > 1 ? stream.expected - 1 : undefined;
    acknowledger.add(from, { epoch, seq, base, upto }, result, () => {
      if (handled) tell({ ...stepOf(handled), step: 'acknowledged', to: user });
    });
  }

  #tellReceived(event: DeliveredEvent, duplicate: boolean): void {
    this.#options.tell({ ...stepOf(event), step: 'received', to: this.#options.user, duplicate });
  }

  #tellCommitted(record: InboxRecord): void {
    const { event, outcome, code } = record;
    this.#options.tell({
      ...stepOf(event),
      step: 'committed',
      to: this.#options.user,
      outcome,
      ...(code !== undefined && { code }),
    });
    this.#options.onCommitted(record);
  }

  #note(code: string, text: string): void {
    this.#options.tell({ type: 'note', level: 'warn', code, text });
  }
}

/** Rolls the transaction back without being a failure. */
class Later extends Error {
  readonly ms: number;

  constructor(ms: number) {
    super('later');
    this.ms = ms;
  }
}

const unreadable: Outcome = { outcome: 'refused', code: 'unreadable' };
const taken: Outcome = { outcome: 'applied' };
