import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type InboxRecord, inboxRecord } from '../protocol/backend-rest.ts';
import type { DeliveredEvent } from '../protocol/events.ts';
import { type EventId, epoch, sequence, type UserId } from '../protocol/ids.ts';
import type { Place } from './recipient-stream.ts';

const schema = `
CREATE TABLE IF NOT EXISTS collab_inbox (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  from_user TEXT NOT NULL, id TEXT NOT NULL, event TEXT NOT NULL,
  outcome TEXT NOT NULL, code TEXT, committed_at TEXT NOT NULL,
  UNIQUE (from_user, id)
);
CREATE INDEX IF NOT EXISTS collab_inbox_senders ON collab_inbox (from_user);`;

const outcomeRow = z.object({ outcome: inboxRecord.shape.outcome, code: z.string().nullable() });
const row = outcomeRow.extend({ n: z.int(), event: z.string(), committed_at: z.string() });
const last = z.object({ n: z.int().nullable() });
const placed = z.object({ epoch, seq: sequence });

/** An event without numbers, as another hand than an outbox sends it, is rare. */
const placesLookedAt = 32;

export interface Outcome {
  readonly outcome: InboxRecord['outcome'];
  readonly code?: string | undefined;
}

export interface InboxTableOptions {
  /** Newest records that stay, over all senders. */
  readonly kept: number;
  /** Newest records of each sender that stay in any case. */
  readonly keptPerSender: number;
  /** Commits between two prunings. */
  readonly pruneEvery: number;
}

/**
 * `collab_inbox`: every event that was committed here, numbered in the order of the commits. It is what makes effects
 * happen once, so pruning must not forget an id that can come again. A sender holds at most a window (32) of sent
 * events without an acknowledgement, so only its newest 32 ids can: the newest 128 of each sender always stay,
 * however long that sender has been silent, and beside them the newest 100,000 of all for display.
 */
export class InboxTable {
  readonly #options: InboxTableOptions;
  readonly #sql: ReturnType<typeof statements>;
  #sincePrune = 0;

  constructor(db: DatabaseSync, options: InboxTableOptions) {
    db.exec(schema);
    this.#options = options;
    this.#sql = statements(db);
  }

  outcomeOf(from: UserId, id: EventId): Outcome | undefined {
    const found = this.#sql.outcomeOf.get(from, id);
    if (!found) return undefined;
    const { outcome, code } = outcomeRow.parse(found);
    return { outcome, ...(code !== null && { code }) };
  }

  /** Where the newest event of a sender stood in its stream; undefined if its newest ones had no numbers. */
  lastPlace(from: UserId): Place | undefined {
    const found = this.#sql.lastPlace.get(from, placesLookedAt);
    return found && placed.parse(found);
  }

  insert(event: DeliveredEvent, { outcome, code }: Outcome): InboxRecord {
    const committed_at = new Date().toISOString();
    const json = JSON.stringify(event);
    const { lastInsertRowid } = this.#sql.insert.run(
      event.from_user,
      event.id,
      json,
      outcome,
      code ?? null,
      committed_at,
    );
    this.#sincePrune += 1;
    if (this.#sincePrune >= this.#options.pruneEvery) {
      this.#sincePrune = 0;
      this.#sql.prune.run(this.#options.kept, this.#options.keptPerSender);
    }
    return {
      n: Number(lastInsertRowid),
      event,
      outcome,
      ...(code !== undefined && { code }),
      committed_at,
    };
  }

  read(after: number, limit: number): { last: number; records: InboxRecord[] } {
    const records = this.#sql.read.all(after, limit).map((found) => {
      const { code, event, ...rest } = row.parse(found);
      return inboxRecord.parse({ ...rest, event: JSON.parse(event), ...(code !== null && { code }) });
    });
    return { last: last.parse(this.#sql.last.get()).n ?? 0, records };
  }
}

/** What the rest of the client asks of its inbox, wherever the rows are. */
export type InboxRows = Pick<InboxTable, keyof InboxTable>;

function statements(db: DatabaseSync) {
  return {
    outcomeOf: db.prepare('SELECT outcome, code FROM collab_inbox WHERE from_user = ? AND id = ?'),
    insert: db.prepare(
      `INSERT INTO collab_inbox (from_user, id, event, outcome, code, committed_at) VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    lastPlace: db.prepare(
      `SELECT event ->> 'epoch' AS epoch, event ->> 'seq' AS seq
       FROM (SELECT n, event FROM collab_inbox WHERE from_user = ? ORDER BY n DESC LIMIT ?)
       WHERE epoch IS NOT NULL AND seq IS NOT NULL ORDER BY n DESC LIMIT 1`,
    ),
    read: db.prepare(
      'SELECT n, event, outcome, code, committed_at FROM collab_inbox WHERE n > ? ORDER BY n LIMIT ?',
    ),
    last: db.prepare('SELECT max(n) AS n FROM collab_inbox'),
    prune: db.prepare(
      `DELETE FROM collab_inbox AS old
       WHERE n <= (SELECT n FROM collab_inbox ORDER BY n DESC LIMIT 1 OFFSET ?)
         AND EXISTS (SELECT 1 FROM collab_inbox AS newer
                     WHERE newer.from_user = old.from_user AND newer.n > old.n LIMIT 1 OFFSET ? - 1)`,
    ),
  };
}
