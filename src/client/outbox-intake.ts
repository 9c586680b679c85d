import { v7 as uuidv7 } from 'uuid';
import { submittedEvent, updatedData } from '../protocol/events.ts';
import { type EventId, eventId, type PositionId, type UserId } from '../protocol/ids.ts';
import type { Tell } from '../protocol/records.ts';
import type { OutgoingEvent } from './collab-client.ts';
import { mergeUpdates } from './merge-updates.ts';
import type { OutboxRow, OutboxRows } from './outbox-table.ts';
import type { Transactional } from './transaction.ts';
import { withdrawnStep } from './withdrawn-step.ts';

export interface OutboxIntakeOptions {
  readonly db: Transactional;
  readonly table: OutboxRows;
  readonly user: UserId;
  /** Whether a pending row left since the start; the table learns of it a little later. */
  readonly wasSent: (recipient: UserId, n: number) => boolean;
  /** Everything that waited for this recipient is being taken back. */
  readonly onParted: (recipient: UserId) => void;
  /** The rows of these recipients are not what they were, and no transaction is open. */
  readonly onChanged: (recipients: ReadonlySet<UserId>) => void;
  readonly tell: Tell;
}

/** What the caller writes into the outbox in its own transactions, and the end of them. */
export class OutboxIntake {
  readonly #options: OutboxIntakeOptions;
  readonly #touched = new Set<UserId>();
  /** Purged and merged in a transaction that may still be rolled back. */
  #purged: OutboxRow[] = [];
  #merged: { readonly row: OutboxRow; readonly into: EventId }[] = [];
  #later: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(options: OutboxIntakeOptions) {
    this.#options = options;
  }

  enqueue(event: OutgoingEvent): EventId {
    const { user, table } = this.#options;
    const id = eventId.parse(uuidv7());
    const recipients = [...new Set(event.to)].filter((to) => to !== user);
    const { type, data, cause } = event;
    // What no schema on its way would take is a bug of the caller, better met before its commit.
    submittedEvent.parse({ type, data, cause, to_users: [user] });
    const now = new Date().toISOString();
    for (const to of recipients) if (!this.#merge(event, id, to, now)) table.insert(event, id, [to], now);
    this.#touch(recipients);
    return id;
  }

  /** An update that nobody has seen yet becomes part of the next one: whoever was away for long gets one of each position. */
  #merge(event: OutgoingEvent, id: EventId, to: UserId, now: string): boolean {
    const { table, wasSent } = this.#options;
    const newer = event.type === 'position_updated' ? updatedData.safeParse(event.data).data : undefined;
    const row = newer && table.newestUpdate(to, newer.position_id);
    if (!row || row.attempts > 0 || wasSent(to, row.n)) return false;
    const older = updatedData.safeParse(row.data).data;
    const data = older && mergeUpdates(older, newer);
    if (!data) return false;
    table.replace(row, id, { ...event, data }, now);
    this.#merged.push({ row, into: id });
    return true;
  }

  purge({ to, position }: { to: UserId; position?: PositionId | undefined }): number {
    const { table, wasSent } = this.#options;
    const purged = table.purge(to, position, (n) => wasSent(to, n), new Date().toISOString());
    this.#purged.push(...purged);
    if (position === undefined) this.#options.onParted(to);
    if (purged.length > 0 || position === undefined) this.#touch([to]);
    return purged.length;
  }

  /**
   * After the caller's commit. It is also looked for at the end of the turn, so that a purge alone, or a forgotten
   * call, is not left for the next one; after a rollback there is nothing to be found.
   */
  committed(): void {
    const { db, onChanged } = this.#options;
    if (this.#closed || !db.isOpen || this.#touched.size === 0) return;
    if (db.isTransaction) {
      this.#touch([]);
      return;
    }
    this.#forgetLater();
    const touched = new Set(this.#touched);
    this.#touched.clear();
    this.#tellWithdrawn();
    onChanged(touched);
  }

  #tellWithdrawn(): void {
    const purged = this.#purged;
    this.#purged = [];
    const merged = this.#merged;
    this.#merged = [];
    const { table, tell, user } = this.#options;
    for (const { row, into } of merged) {
      const isThere = table
        .entries(row.event_id, 100)
        .some(({ to, code }) => to === row.recipient && code === 'merged');
      if (isThere) tell(withdrawnStep(user, row, 'merged', into));
    }
    for (const row of purged) {
      const rolledBack = table.stillPending(row.recipient, row.n).has(row.n);
      if (!rolledBack) tell(withdrawnStep(user, row, 'purged'));
    }
  }

  close(): void {
    this.#closed = true;
    this.#forgetLater();
  }

  #touch(recipients: readonly UserId[]): void {
    for (const recipient of recipients) this.#touched.add(recipient);
    this.#later ??= setImmediate(() => {
      this.#later = undefined;
      this.committed();
    });
  }

  #forgetLater(): void {
    clearImmediate(this.#later);
    this.#later = undefined;
  }
}
