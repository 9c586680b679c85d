import { z } from 'zod';
import { isMap } from '../is-map.ts';
import { passed } from '../step-end.ts';
import { defineControl } from '../verb.ts';

export const cut = defineControl({
  name: 'cut',
  summary: 'Severs a link, from one end to the other or between both, until heal or for a time.',
  block: { under: 'do', needed: false, atOnce: false },
  schema: ({ user, duration, name }) => {
    const end = z.union([z.literal('relay'), user]);
    return z
      .strictObject({
        from: end.optional(),
        to: end.optional(),
        between: z.tuple([end, end]).optional(),
        for: duration.optional(),
        as: name.optional(),
      })
      .superRefine((said, context) => {
        const pair = said.from !== undefined && said.to !== undefined;
        const half = said.from !== undefined || said.to !== undefined;
        if (said.between ? half : !pair) {
          context.addIssue({
            code: 'custom',
            message: 'A cut needs either "between: [A, B]" or both "from" and "to".',
          });
        }
      });
  },
  async run({ from, to, between, for: forMs, as }, context) {
    const [a, b] = between ?? [from, to];
    const fault = await context.stack.cut({ from: a ?? '', to: b ?? '', both: between !== undefined });
    if (as !== undefined) context.faultNames.set(as, fault.id);
    if (forMs !== undefined) context.later(forMs, () => context.heal({ id: fault.id }));
    return passed(fault);
  },
  async leave(begun, context) {
    const fault = begun.outcome === 'passed' && isMap(begun.value) ? begun.value.id : undefined;
    // A step in the block may have healed it already.
    const isThere = context.stack.faults().some(({ id }) => id === fault);
    if (typeof fault === 'string' && isThere) await context.heal({ id: fault });
    return begun;
  },
});
