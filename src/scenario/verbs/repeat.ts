import { z } from 'zod';
import { passed } from '../step-end.ts';
import { defineControl } from '../verb.ts';

/** More than anybody would wait for. */
const most = 1000;

export const repeat = defineControl({
  name: 'repeat',
  summary: 'Does the steps under "do" so many times; a name given by "as" stands for its newest round.',
  block: { under: 'do', needed: true, atOnce: false },
  schema: () => z.int().min(1, 'must be at least 1').max(most, `must be at most ${most}`),
  times: (count) => count,
  run: async () => passed(),
});
