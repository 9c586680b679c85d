import type { Epoch, UserId } from '../protocol/ids.ts';
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
import { advance, roomFor, type Send, takeSends } from './sender-stream.ts';
import type { Transactional } from './transaction.ts';

export interface OutboxStreamsOptions {
  readonly db: Transactional;
  readonly table: OutboxRows;
  readonly writer: Pick<OutboxWriter, 'add' | 'isMoving'>;
  readonly epoch: Epoch;
  readonly settings: SenderSettings;
}

/** The streams of all recipients and the rows that they hold, as the table has them or is about to. Sends nothing. */
export class OutboxStreams {
  readonly #options: OutboxStreamsOptions;
  readonly #streams = new Map<UserId, SenderStream>();
  /** Towards whom it began anew since the start. */
  readonly #lives = new Map<UserId, Epoch>();
  /** What is in the air, by row of the table. */
  readonly #rows = new Map<number, OutboxRow>();
  #online = false;

  constructor(options: OutboxStreamsOptions) {
    this.#options = options;
    for (const recipient of options.table.pending().keys()) this.#of(recipient);
  }

  get all(): ReadonlyMap<UserId, SenderStream> {
    return this.#streams;
  }

  /** Everybody is told that there is a connection, or none; who comes later finds it so. */
  turn(online: boolean, at: Moment): void {
    this.#online = online;
    const input = { type: online ? 'connected' : 'disconnected' } as const;
    for (const recipient of this.#streams.keys()) this.feed(recipient, input, at);
  }

  feed(recipient: UserId, input: SenderInput, at: Moment): void {
    const { stream, moves } = advance(this.#of(recipient), input, at, this.#options.settings);
    this.#streams.set(recipient, stream);
    for (const move of moves) {
      const row = this.#rows.get(move.n);
      if (row) this.#moved(row, move);
    }
  }

  /** A new life begins towards a recipient, which is told of by that name. */
  begin(recipient: UserId, at: Moment): void {
    this.feed(recipient, { type: 'restarted' }, at);
    this.#lives.set(recipient, this.#of(recipient).epoch);
  }

  lifeTowards(recipient: UserId): Epoch {
    return this.#lives.get(recipient) ?? this.#options.epoch;
  }

  wasSent(recipient: UserId, n: number): boolean {
    const held = this.#streams.get(recipient)?.rows.find((row) => row.n === n);
    // What is settled has left the stream at once, and the table learns of that a little later.
    return (held !== undefined && held.sends > 0) || this.#options.writer.isMoving(n);
  }

  /** Takes in what the table has beyond, and out what may leave now. */
  take(
    recipient: UserId,
    budget: number,
    at: Moment,
  ): {
    readonly stream: SenderStream;
    readonly outgoing: { readonly row: OutboxRow; readonly send: Send }[];
  } {
    this.#takeIn(recipient, at);
    const { stream, sends } = takeSends(this.#of(recipient), budget, at, this.#options.settings);
    this.#streams.set(recipient, stream);
    const outgoing = sends.flatMap((send) => {
      const row = this.#rows.get(send.n);
      return row ? [{ row, send }] : [];
    });
    return { stream, outgoing };
  }

  /** A row leaves, once more. */
  leaves(row: OutboxRow): void {
    this.#rows.set(row.n, { ...row, attempts: row.attempts + 1 });
  }

  /** Lets go of rows that the table does not hold as pending any more, and takes what it holds otherwise. */
  compare(recipient: UserId, at: Moment): void {
    const stream = this.#streams.get(recipient);
    if (!stream || stream.rows.length === 0) return;
    const { table } = this.#options;
    const { gone, replaced } = heldOtherwise(stream, table.stillPending(recipient, stream.lastTaken));
    for (const n of gone) this.#rows.delete(n);
    for (const n of replaced.keys()) {
      const row = table.row(n);
      if (row) this.#rows.set(n, row);
    }
    if (gone.size > 0) this.feed(recipient, { type: 'dropped', rows: gone }, at);
    if (replaced.size > 0) this.feed(recipient, { type: 'replaced', rows: replaced }, at);
  }

  #of(recipient: UserId): SenderStream {
    const found = this.#streams.get(recipient);
    if (found) return found;
    const stream = { ...newSenderStream(this.#options.epoch), online: this.#online };
    this.#streams.set(recipient, stream);
    return stream;
  }

  #moved(row: OutboxRow, move: Move): void {
    const { writer } = this.#options;
    if (move.settled) {
      this.#rows.delete(move.n);
      writer.add(move, row.attempts, true);
      return;
    }
    // A resend that was accepted says less than what is known of an earlier attempt.
    const isNew = move.stage === 'accepted' ? row.stage === 'pending' : row.stage !== move.stage;
    const stage = isNew ? move.stage : row.stage;
    const code = isNew ? move.code : (row.code ?? undefined);
    this.#rows.set(row.n, { ...row, stage, code: code ?? null });
    writer.add({ n: row.n, id: row.event_id, stage, code }, row.attempts, isNew);
  }

  #takeIn(recipient: UserId, at: Moment): void {
    const stream = this.#of(recipient);
    const room = roomFor(stream, this.#options.settings);
    if (room <= 0 || this.#options.db.isTransaction) return;
    const rows = this.#options.table.after(recipient, stream.lastTaken, room);
    for (const row of rows) this.#rows.set(row.n, row);
    const taken = rows.map(({ n, event_id }) => ({ n, id: event_id }));
    this.feed(recipient, { type: 'rows', rows: taken, more: rows.length === room }, at);
  }
}
