import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { UserId } from '../../protocol/ids.ts';
import type { Actor } from '../actor.ts';
import type { Ledger } from './ledger.ts';
import { readRestLedger } from './rest-ledger.ts';
import { readSqliteLedger } from './sqlite-ledger.ts';

/** Where one of our backends keeps its data in a run folder. */
export const databaseOf = (runFolder: string, user: UserId): string =>
  join(runFolder, 'data', user, 'backend.sqlite');

/**
 * A user's ledger: from the database where the backend is ours, running or dead; else from what the backend answers.
 * Undefined where neither can be read. `foreign`: whatever lies in its folder is its own affair.
 */
export async function readLedger(
  runFolder: string,
  user: UserId,
  api: Actor['api'] | undefined,
  foreign = false,
): Promise<Ledger | undefined> {
  const file = databaseOf(runFolder, user);
  if (!foreign && existsSync(file)) {
    try {
      return readSqliteLedger(file, user);
    } catch {
      // Another backend's file of the same name, or one that is damaged: the backend itself may know.
    }
  }
  return api && (await readRestLedger(api, user));
}
