import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type OutboxEntry, outboxEntry } from '../protocol/backend-rest.ts';
import { eventType } from '../protocol/events.ts';
import {
  cause,
  type EventId,
  eventId,
  type PositionId,
  positionId,
  type UserId,
  userId,
} from '../protocol/ids.ts';
import type { OutgoingEvent } from './collab-client.ts';
import type { Move } from './sender-state.ts';

/**
 * `collab_outbox` has one row for each event and recipient. Triggers count the pending rows of each recipient, so that
 * the limit costs a look-up and follows every rollback of the caller's transaction.
 */
const schema = `
CREATE TABLE IF NOT EXISTS collab_outbox (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL, recipient TEXT NOT NULL, type TEXT NOT NULL, position_id TEXT NOT NULL,
  data TEXT NOT NULL, cause TEXT, created_at TEXT NOT NULL,
  stage TEXT NOT NULL DEFAULT 'pending', code TEXT, attempts INTEGER NOT NULL DEFAULT 0,
  settled INTEGER NOT NULL DEFAULT 0, updated_at TEXT NOT NULL,
  UNIQUE (event_id, recipient)
);
CREATE INDEX IF NOT EXISTS collab_outbox_unsettled ON collab_outbox (recipient, n) WHERE settled = 0;
CREATE TABLE IF NOT EXISTS collab_outbox_pending (recipient TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS collab_outbox_inserted AFTER INSERT ON collab_outbox BEGIN
  INSERT INTO collab_outbox_pending VALUES (new.recipient, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER IF NOT EXISTS collab_outbox_settled AFTER UPDATE OF settled ON collab_outbox
WHEN old.settled = 0 AND new.settled = 1 BEGIN
  UPDATE collab_outbox_pending SET n = n - 1 WHERE recipient = new.recipient;
END;
CREATE TRIGGER IF NOT EXISTS collab_outbox_deleted AFTER DELETE ON collab_outbox WHEN old.settled = 0 BEGIN
  UPDATE collab_outbox_pending SET n = n - 1 WHERE recipient = old.recipient;
END;`;

const columns =
  'n, event_id, recipient, type, position_id, data, cause, created_at, stage, code, attempts, settled, updated_at';

const row = z.object({
  n: z.int(),
  event_id: eventId,
  recipient: userId,
  type: eventType,
  position_id: positionId,
  data: z.string().transform((text) => data.parse(JSON.parse(text))),
  cause: cause.nullable(),
  created_at: z.string(),
  stage: outboxEntry.shape.stage,
  code: z.string().nullable(),
  attempts: z.int(),
  settled: z.int().transform((settled) => settled === 1),
  updated_at: z.string(),
});
const data = z.record(z.string(), z.unknown());
const count = z.object({ n: z.int() });
const ofEvent = z.object({ event_id: eventId });
const oldest = z.object({ at: z.string().nullable() });
const pendingOf = z.object({ recipient: userId, n: z.int() });

export type OutboxRow = z.infer<typeof row>;

/** A recipient's pending rows reached the limit: the act is to be rolled back and answered with 507. */
export class OutboxFull extends Error {
  override readonly name = 'OutboxFull';
  readonly recipient: UserId;

  constructor(recipient: UserId, limit: number) {
    super(
      `The outbox for ${recipient} holds ${limit} events that were not delivered yet: there is no room for another.`,
    );
    this.recipient = recipient;
  }
}

export interface OutboxTableOptions {
  /** Pending rows that one recipient may have. */
  readonly limit: number;
  /** Settled rows that stay for display. */
  readonly keptSettled: number;
  /** Settled rows over that before old ones are deleted. */
  readonly pruneEvery: number;
}

/** The rows of the outbox in the caller's database. Opens no transaction of its own. */
export class OutboxTable {
  readonly #options: OutboxTableOptions;
  readonly #sql: ReturnType<typeof statements>;
  #settledSincePrune: number;

  constructor(db: DatabaseSync, options: OutboxTableOptions) {
    db.exec(schema);
    this.#options = options;
    this.#sql = statements(db);
    this.#settledSincePrune = options.pruneEvery;
  }

  insert(event: OutgoingEvent, id: EventId, recipients: readonly UserId[], now: string): void {
    const { position_id } = event.data;
    const json = JSON.stringify(event.data);
    for (const to of recipients) {
      if (this.pendingOf(to) >= this.#options.limit) throw new OutboxFull(to, this.#options.limit);
      this.#sql.insert.run(id, to, event.type, position_id, json, event.cause ?? null, now, now);
    }
  }

  pendingOf(recipient: UserId): number {
    const found = this.#sql.pendingOf.get(recipient);
    return found ? count.parse(found).n : 0;
  }

  /** Every recipient with pending rows, with how many. */
  pending(): Map<UserId, number> {
    return new Map(
      this.#sql.pending.all().map((found) => {
        const { recipient, n } = pendingOf.parse(found);
        return [recipient, n];
      }),
    );
  }

  /** When the oldest pending row was written. */
  oldestPending(): string | undefined {
    return oldest.parse(this.#sql.oldestPending.get()).at ?? undefined;
  }

  totalPending(): number {
    return count.parse(this.#sql.totalPending.get()).n;
  }

  /** Pending rows of a recipient after a row, oldest first. */
  after(recipient: UserId, n: number, limit: number): OutboxRow[] {
    return this.#sql.after.all(recipient, n, limit).map((found) => row.parse(found));
  }

  /** Which rows of a recipient up to a row are pending still. */
  stillPending(recipient: UserId, upTo: number): Set<number> {
    return new Set(this.#sql.stillPending.all(recipient, upTo).map((found) => count.parse(found).n));
  }

  waiting(recipient: UserId): Set<EventId> {
    return new Set(this.#sql.waiting.all(recipient).map((found) => ofEvent.parse(found).event_id));
  }

  /** Writes a move; undefined if the row was purged, settled or pruned meanwhile. */
  write({ n, stage, code, settled }: Move, attempts: number, now: string): OutboxRow | undefined {
    const found = this.#sql.write.get(stage, code ?? null, attempts, settled ? 1 : 0, now, n);
    if (found && settled) this.#settledSincePrune += 1;
    return found && row.parse(found);
  }

  /**
   * Takes the pending rows back, of one position or all. What was never sent is deleted. What was sent may be at the
   * recipient already, so it stays for display, settled, and is not sent again; the number it leaves behind is skipped
   * by `base`. A `share_revoked` is never taken back: it is what ends copies that were granted before these rows.
   */
  purge(
    recipient: UserId,
    position: PositionId | undefined,
    wasSent: (n: number) => boolean,
    now: string,
  ): OutboxRow[] {
    const found = this.#sql.purgeable.all(recipient, position ?? null, position ?? null);
    const rows = found.map((each) => row.parse(each));
    for (const { n, attempts } of rows) {
      if (attempts === 0 && !wasSent(n)) this.#sql.delete.run(n);
      else this.#sql.giveUp.run('expired', 'purged', now, n);
    }
    return rows;
  }

  /** Settles what has been pending since before a time. */
  expire(before: string, now: string): OutboxRow[] {
    return this.#sql.expire.all('expired', 'age', now, before).map((found) => row.parse(found));
  }

  /** The newest rows first. */
  entries(event: EventId | undefined, limit: number): OutboxEntry[] {
    const found = event ? this.#sql.ofEvent.all(event, limit) : this.#sql.newest.all(limit);
    return found.map((each) => entryOf(row.parse(each)));
  }

  prune(): void {
    if (this.#settledSincePrune < this.#options.pruneEvery) return;
    this.#settledSincePrune = 0;
    this.#sql.prune.run(this.#options.keptSettled);
  }
}

export function entryOf({
  recipient,
  code,
  n: _n,
  data: _data,
  cause: _cause,
  ...rest
}: OutboxRow): OutboxEntry {
  return { ...rest, to: recipient, ...(code !== null && { code }) };
}

function statements(db: DatabaseSync) {
  const select = `SELECT ${columns} FROM collab_outbox WHERE`;
  const settle = `UPDATE collab_outbox SET settled = 1, stage = ?, code = ?, updated_at = ? WHERE settled = 0 AND`;
  return {
    insert: db.prepare(
      `INSERT INTO collab_outbox (event_id, recipient, type, position_id, data, cause, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    pendingOf: db.prepare('SELECT n FROM collab_outbox_pending WHERE recipient = ?'),
    pending: db.prepare('SELECT recipient, n FROM collab_outbox_pending WHERE n > 0'),
    oldestPending: db.prepare('SELECT min(created_at) AS at FROM collab_outbox WHERE settled = 0'),
    totalPending: db.prepare('SELECT coalesce(sum(n), 0) AS n FROM collab_outbox_pending'),
    after: db.prepare(`${select} recipient = ? AND settled = 0 AND n > ? ORDER BY n LIMIT ?`),
    stillPending: db.prepare('SELECT n FROM collab_outbox WHERE recipient = ? AND settled = 0 AND n <= ?'),
    waiting: db.prepare('SELECT event_id FROM collab_outbox WHERE recipient = ? AND settled = 0'),
    write: db.prepare(
      `UPDATE collab_outbox SET stage = ?, code = ?, attempts = ?, settled = ?, updated_at = ?
       WHERE n = ? AND settled = 0 RETURNING ${columns}`,
    ),
    purgeable: db.prepare(
      `${select} recipient = ? AND settled = 0 AND type <> 'share_revoked' AND (? IS NULL OR position_id = ?)`,
    ),
    delete: db.prepare('DELETE FROM collab_outbox WHERE n = ?'),
    giveUp: db.prepare(`${settle} n = ?`),
    expire: db.prepare(`${settle} created_at < ? RETURNING ${columns}`),
    ofEvent: db.prepare(`${select} event_id = ? ORDER BY n DESC LIMIT ?`),
    newest: db.prepare(`${select} true ORDER BY n DESC LIMIT ?`),
    prune: db.prepare(
      `DELETE FROM collab_outbox WHERE settled = 1 AND n <=
         (SELECT n FROM collab_outbox WHERE settled = 1 ORDER BY n DESC LIMIT 1 OFFSET ?)`,
    ),
  };
}
