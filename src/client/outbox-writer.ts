import { messageOf } from '../problem.ts';
import type { UserId } from '../protocol/ids.ts';
import { type Stage, stages } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import type { CollabClientOptions } from './collab-client.ts';
import { entryOf, type OutboxRow, type OutboxRows } from './outbox-table.ts';
import type { Move } from './sender-state.ts';
import { inTransaction, type Transactional } from './transaction.ts';
import { Turn } from './turn.ts';
import { withdrawnStep } from './withdrawn-step.ts';

export interface OutboxWriterOptions {
  readonly db: Transactional;
  readonly table: OutboxRows;
  readonly user: UserId;
  /** What has waited for longer is given up. */
  readonly ageMs: number;
  readonly onSettled: CollabClientOptions['onSettled'];
  readonly onOutbox: CollabClientOptions['onOutbox'];
  readonly tell: Tell;
}

const retryMs = 500;

/**
 * Writes the rows that moved, once an event-loop turn in one transaction, and tells of them after its commit. The
 * machines are ahead of the table for that long; a crash in between only means that a row is sent again and
 * acknowledged as a duplicate. A busy or full disk keeps the moves for another try.
 */
export class OutboxWriter {
  readonly #options: OutboxWriterOptions;
  readonly #changes = new Map<number, RowChange>();
  readonly #turn = new Turn(() => this.flush());
  #retry: NodeJS.Timeout | undefined;
  #failing = false;
  /** Nothing waiting is what everybody believes of an outbox that was never told of. */
  #toldPending = 0;
  #closed = false;

  constructor(options: OutboxWriterOptions) {
    this.#options = options;
    this.recount();
  }

  /**
   * A row came to a stage, after `attempts` sends in all: written for the last stage of the turn, told for each. A
   * stage that is not new is only written, for its attempts.
   */
  add(move: Move, attempts: number, isNew: boolean): void {
    const told = this.#changes.get(move.n)?.told ?? [];
    this.#changes.set(move.n, { last: move, told: isNew ? [...told, move] : told, attempts });
    this.#turn.ask();
  }

  /** Whether the table does not know yet how far a row has come. */
  isMoving(n: number): boolean {
    return this.#changes.has(n);
  }

  /** How many events wait is told at the end of the turn. */
  recount(): void {
    this.#turn.ask();
  }

  /** Settles what has waited for too long; whose rows. */
  expire(): UserId[] {
    try {
      return this.#expire();
    } catch (error) {
      this.#fail(error);
      return [];
    }
  }

  #expire(): UserId[] {
    const { db, table, ageMs } = this.#options;
    const now = Date.now();
    const before = new Date(now - ageMs).toISOString();
    const rows = inTransaction(db, () => {
      const expired = table.expire(before, new Date(now).toISOString());
      for (const row of expired) this.#options.onSettled(entryOf(row), row.data);
      return expired;
    });
    for (const row of rows) {
      this.#options.tell(withdrawnStep(this.#options.user, row, 'expired'));
      this.#tellOf(row, []);
    }
    return rows.map(({ recipient }) => recipient);
  }

  flush(): void {
    const { db, table } = this.#options;
    if (this.#closed || !db.isOpen) return;
    if (db.isTransaction) {
      this.#turn.ask();
      return;
    }
    this.#turn.cancel();
    if (this.#changes.size > 0 && !this.#write()) return;
    const pending = table.totalPending();
    if (pending === this.#toldPending) return;
    this.#toldPending = pending;
    this.#options.tell({ type: 'outbox', user: this.#options.user, pending });
  }

  close(): void {
    this.flush();
    this.#closed = true;
    this.#turn.cancel();
    clearTimeout(this.#retry);
  }

  #write(): boolean {
    const { db, table, onSettled } = this.#options;
    const written: { row: OutboxRow; told: readonly Move[] }[] = [];
    try {
      inTransaction(db, () => {
        const now = new Date().toISOString();
        for (const { last, told, attempts } of this.#changes.values()) {
          const row = table.write(last, attempts, now);
          if (!row) continue;
          written.push({ row, told });
          if (row.settled) onSettled(entryOf(row), row.data);
        }
        table.prune();
      });
    } catch (error) {
      this.#fail(error);
      return false;
    }
    this.#failing = false;
    this.#changes.clear();
    for (const { row, told } of written) this.#tellOf(row, told);
    return true;
  }

  #fail(error: unknown): void {
    if (!this.#failing) {
      const text = `The outbox could not be written and is tried again: ${messageOf(error)}`;
      this.#options.tell({ type: 'note', level: 'warn', code: 'outbox_not_written', text });
    }
    this.#failing = true;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.flush(), retryMs);
  }

  #tellOf(row: OutboxRow, moves: readonly Move[]): void {
    for (const { stage, code, settled } of moves) {
      if (!isStage(stage)) continue;
      this.#options.tell({
        type: 'step',
        step: 'settled',
        event: row.event_id,
        kind: row.type,
        from: this.#options.user,
        position: row.position_id,
        ...(row.cause !== null && { cause: row.cause }),
        to: row.recipient,
        stage,
        ...(code !== undefined && { code }),
        ...(stage === 'routed' && settled && { final: true }),
      });
    }
    this.#options.onOutbox(entryOf(row));
  }
}

interface RowChange {
  readonly last: Move;
  readonly told: readonly Move[];
  readonly attempts: number;
}

function isStage(word: string): word is Stage {
  return stages.some((stage) => stage === word);
}
