import { z } from 'zod';
import { passed } from '../step-end.ts';
import { defineControl } from '../verb.ts';

export const parallel = defineControl({
  name: 'parallel',
  summary: 'Does all of its steps at once, and ends when the last of them has ended.',
  block: { under: 'itself', needed: true, atOnce: true },
  schema: () => z.array(z.unknown()).min(1),
  run: async () => passed(),
});
