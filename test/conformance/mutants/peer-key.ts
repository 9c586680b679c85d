import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrMakePeerKey as real } from '../../../src/client/peer-key.ts';

export * from '../../../src/client/peer-key.ts';

/** Makes a new key at each start. */
export const loadOrMakePeerKey: typeof real = (folder) => real(mkdtempSync(join(folder, 'key-')));
