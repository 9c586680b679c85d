import type { changeable as real } from '../../../src/backend/acts/act.ts';
import { visible } from '../../../src/backend/acts/act.ts';
import { Refused } from '../../../src/http/refused.ts';

export * from '../../../src/backend/acts/act.ts';

/** Takes a read-only copy for nothing at all. */
export const changeable: typeof real = (store, id) => {
  const held = visible(store, id);
  if (held.kind === 'copy') throw new Refused('not_found');
  return held;
};
