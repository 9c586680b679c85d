import { DatabaseSync } from 'node:sqlite';
import { userId } from '../../src/protocol/ids.ts';
import { databaseOf } from '../../src/scenario/oracle/read-ledger.ts';
import type { RunOptions } from '../../src/scenario/run.ts';
import type { Stack } from '../../src/stack/stack.ts';

/** Keeps a user's database to itself from the first step until the backend has said once that it cannot write. */
export function lockOf(stack: Stack, name: string): RunOptions['pace'] {
  let db: DatabaseSync | undefined = new DatabaseSync(databaseOf(stack.folder, userId.parse(name)), {
    // The backend may be writing just now.
    timeout: 10_000,
  });
  stack.journal.subscribe((entries) => {
    if (!entries.some((one) => one.type === 'note' && one.code === 'inbox_not_written')) return;
    db?.close();
    db = undefined;
  });
  return async () => {
    if (db && !db.isTransaction) db.exec('begin immediate');
  };
}
