import { z } from 'zod';
import { inWords } from '../duration.ts';
import { expectWithinMs } from '../expect-observed.ts';
import { failed, inconclusive, passed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const lacks = defineVerb({
  name: 'lacks',
  kind: 'expectation',
  summary: 'The user does not have the position, or has lost it.',
  schemas: ({ position, duration }) => ({
    object: position,
    options: z.strictObject({ within: duration.optional(), must: z.literal(true).optional() }),
  }),
  async run({ who, object, options }, context) {
    const id = context.names.idOf(object);
    const withinMs = options.within ?? expectWithinMs;
    let readable = false;
    const gone = await context.waker.until(withinMs, context.signal, async () => {
      const reply = await context.actor(who).api('listPositions');
      readable = reply.is === 'done';
      return reply.is === 'done' && !reply.answer.some((position) => position.id === id) ? true : undefined;
    });
    if (gone) return passed();
    return readable
      ? failed('has', `${who} still has ${object} after ${inWords(withinMs)}.`)
      : inconclusive('not-readable', `${who}'s backend did not answer which positions it has.`);
  },
});
