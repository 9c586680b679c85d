import { z } from 'zod';
import { explain } from '../difference.ts';
import { inWords } from '../duration.ts';
import { expectWithinMs } from '../expect-observed.ts';
import { firstDifference } from '../pattern.ts';
import { failed, inconclusive, passed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const has = defineVerb({
  name: 'has',
  kind: 'expectation',
  summary: 'The user has the position, as an own one or as a copy.',
  schemas: ({ position, pattern, duration, name }) => ({
    object: position,
    options: z.strictObject({
      match: pattern.optional(),
      within: duration.optional(),
      as: name.optional(),
      must: z.literal(true).optional(),
    }),
  }),
  async run({ who, object, options }, context) {
    const id = context.names.idOf(object);
    const wanted = context.names.resolve(options.match ?? {});
    const withinMs = options.within ?? expectWithinMs;
    let saw: string | undefined;
    const found = await context.waker.until(withinMs, context.signal, async () => {
      const reply = await context.actor(who).api('listPositions');
      if (reply.is !== 'done') {
        saw = undefined;
        return undefined;
      }
      const held = reply.answer.find((position) => position.id === id);
      const difference = held && firstDifference(wanted, held);
      if (held && !difference) return held;
      const others = reply.answer.map((position) => context.names.labelOf(position.id));
      saw = difference ? explain(difference) : `It has ${others.join(', ') || 'no positions'}.`;
      return undefined;
    });
    if (found) return passed(found);
    if (saw === undefined)
      return inconclusive('not-readable', `${who}'s backend did not answer which positions it has.`);
    const like = options.match === undefined ? '' : ' as expected';
    return failed('has-not', `${who} has not got ${object}${like} within ${inWords(withinMs)}.`, [saw]);
  },
});
