import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { UserId } from '../../src/protocol/ids.ts';

const outboxRow = z.object({
  n: z.int(),
  event_id: z.string(),
  recipient: z.string(),
  stage: z.string(),
  code: z.string().nullable(),
  settled: z.int(),
});
const inboxRow = z.object({ n: z.int(), from_user: z.string(), id: z.string(), outcome: z.string() });
const positionRow = z.object({
  id: z.string(),
  owner_id: z.string(),
  version: z.int(),
  content: z.string().nullable(),
});
const shareRow = z.object({ position_id: z.string(), reader_id: z.string() });
const commentRow = z.object({ position_id: z.string(), id: z.string(), author_id: z.string() });
const notificationRow = z.object({
  kind: z.string(),
  event_id: z.string(),
  from_user: z.string().nullable(),
});
const jobRow = z.object({ position_id: z.string(), attempts: z.int() });

/** What stands in one user's database. */
export interface Ledger {
  readonly user: UserId;
  readonly outbox: readonly z.infer<typeof outboxRow>[];
  readonly inbox: readonly z.infer<typeof inboxRow>[];
  readonly positions: readonly z.infer<typeof positionRow>[];
  readonly shares: readonly z.infer<typeof shareRow>[];
  readonly comments: readonly z.infer<typeof commentRow>[];
  readonly notifications: readonly z.infer<typeof notificationRow>[];
  readonly fetchJobs: readonly z.infer<typeof jobRow>[];
}

/** Reads a backend's database with SQLite's own engine, so that what only its WAL holds is seen, too. */
export function readLedger(folder: string, user: UserId): Ledger {
  const db = new DatabaseSync(join(folder, 'data', user, 'backend.sqlite'), { readOnly: true });
  const all = <Row>(schema: z.ZodType<Row>, sql: string) =>
    db
      .prepare(sql)
      .all()
      .map((row) => schema.parse(row));
  try {
    return {
      user,
      outbox: all(
        outboxRow,
        'SELECT n, event_id, recipient, stage, code, settled FROM collab_outbox ORDER BY n',
      ),
      inbox: all(inboxRow, 'SELECT n, from_user, id, outcome FROM collab_inbox ORDER BY n'),
      positions: all(positionRow, 'SELECT id, owner_id, version, content FROM positions ORDER BY id'),
      shares: all(shareRow, 'SELECT position_id, reader_id FROM shares'),
      comments: all(commentRow, 'SELECT position_id, id, author_id FROM comments ORDER BY n'),
      notifications: all(
        notificationRow,
        `SELECT body ->> 'kind' AS kind, body ->> 'event_id' AS event_id, body ->> 'from_user' AS from_user FROM notifications
         WHERE body ->> 'event_id' IS NOT NULL`,
      ),
      fetchJobs: all(jobRow, 'SELECT position_id, attempts FROM fetch_jobs'),
    };
  } finally {
    db.close();
  }
}
