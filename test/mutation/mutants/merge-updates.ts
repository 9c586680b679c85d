import { mergeUpdates as real } from '../../../src/client/merge-updates.ts';

export * from '../../../src/client/merge-updates.ts';

/** Forgets the keys of the older update. */
export const mergeUpdates: typeof real = (older, newer) => {
  const merged = real(older, newer);
  return merged && { ...merged, updates: newer.updates };
};
