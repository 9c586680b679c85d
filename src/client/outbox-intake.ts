import type { DatabaseSync } from 'node:sqlite';
import { v7 as uuidv7 } from 'uuid';
import { submittedEvent } from '../protocol/events.ts';
import { type EventId, eventId, type PositionId, type UserId } from '../protocol/ids.ts';
import type { OutgoingEvent } from './collab-client.ts';
import type { OutboxTable } from './outbox-table.ts';

export interface OutboxIntakeOptions {
  readonly db: DatabaseSync;
  readonly table: OutboxTable;
  readonly user: UserId;
  /** Whether a pending row left since the start; the table learns of it a little later. */
  readonly wasSent: (recipient: UserId, n: number) => boolean;
  /** The rows of these recipients are not what they were, and no transaction is open. */
  readonly onChanged: (recipients: ReadonlySet<UserId>) => void;
}

/** What the caller writes into the outbox in its own transactions, and the end of them. */
export class OutboxIntake {
  readonly #options: OutboxIntakeOptions;
  readonly #touched = new Set<UserId>();
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
    table.insert(event, id, recipients, new Date().toISOString());
    this.#touch(recipients);
    return id;
  }

  purge({ to, position }: { to: UserId; position?: PositionId | undefined }): number {
    const { table, wasSent } = this.#options;
    const purged = table.purge(to, position, (n) => wasSent(to, n), new Date().toISOString());
    if (purged > 0) this.#touch([to]);
    return purged;
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
    onChanged(touched);
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
