import type { DatabaseSync } from 'node:sqlite';

/**
 * `collab_outbox` has one row for each event and recipient. Triggers count the pending rows of each recipient, so that
 * the limit costs a look-up and follows every rollback of the caller's transaction.
 */
export const outboxSchema = `
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

/** Every statement on the table, prepared once. */
export function outboxStatements(db: DatabaseSync) {
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
    newestUpdate: db.prepare(
      `${select} recipient = ? AND settled = 0 AND position_id = ? AND type = 'position_updated'
       ORDER BY n DESC LIMIT 1`,
    ),
    replace: db.prepare(
      'UPDATE collab_outbox SET event_id = ?, data = ?, cause = ?, created_at = ?, updated_at = ? WHERE n = ?',
    ),
    row: db.prepare(`${select} n = ?`),
    stillPending: db.prepare(
      'SELECT n, event_id FROM collab_outbox WHERE recipient = ? AND settled = 0 AND n <= ?',
    ),
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
