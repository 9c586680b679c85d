import type { DatabaseSync } from 'node:sqlite';

/** As much of a database as transactions need: a test can hold the tables elsewhere. */
export type Transactional = Pick<DatabaseSync, 'exec' | 'isOpen' | 'isTransaction'>;

/**
 * Runs `work` in one write transaction: committed when it returns, rolled back when it throws. IMMEDIATE takes the
 * write lock at the start, so that another writer makes it fail before anything was decided, not in the middle.
 */
export function inTransaction<Result>(db: Transactional, work: () => Result): Result {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, a full disk for one.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** SQLite's primary result codes for a machine that is in the way (https://www.sqlite.org/rescode.html). */
const passing = new Set([
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  13, // FULL
  14, // CANTOPEN
]);

/** True for a failure that says nothing about what was to be written: the same may well succeed later. */
export function isPassingFailure(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return passing.has(error.errcode & 0xff);
}
