import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase as real } from '../../../src/backend/store/database.ts';

export * from '../../../src/backend/store/database.ts';

/** Begins each life with nothing, as one that keeps everything in memory. */
export const openDatabase: typeof real = (folder) => real(mkdtempSync(join(folder, 'life-')));
