import type { UpdatedData } from '../protocol/events.ts';

/** An update bigger than this, in bytes, would not fit into an event; readers are then told to fetch instead. */
export const updateBytes = 12 * 1024;

/** An update that starts from its own version applies to no copy that lacks it: the copy is fetched again. */
export const fetchInstead = (version: number) => ({ updates: {}, version, from_version: version });

/**
 * One update in the place of two of the same position, the newer key winning; it says with `from_version` which one it
 * starts from. Undefined where they do not follow one another, or one counts no versions.
 */
export function mergeUpdates(older: UpdatedData, newer: UpdatedData): UpdatedData | undefined {
  if (older.version === undefined || newer.version === undefined) return undefined;
  const { version } = newer;
  const newerFrom = newer.from_version ?? version - 1;
  if (newerFrom === version) return newer;
  if (newerFrom !== older.version) return undefined;
  const from_version = older.from_version ?? older.version - 1;
  if (from_version === older.version) return { ...newer, ...fetchInstead(version) };
  const updates = { ...older.updates, ...newer.updates };
  const tooBig = Buffer.byteLength(JSON.stringify(updates)) > updateBytes;
  return tooBig ? { ...newer, ...fetchInstead(version) } : { ...newer, updates, from_version };
}
