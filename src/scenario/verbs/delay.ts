import { z } from 'zod';
import { choiceOptions, faultBlock, healOwn, impose, isPlaced, placeOptions } from '../fault-options.ts';
import { defineControl } from '../verb.ts';

export const delay = defineControl({
  name: 'delay',
  summary:
    'Everything comes later, in its order. With type, nth or chance only that does, and others pass it.',
  block: faultBlock,
  schema: (leaves) =>
    z
      .strictObject({
        ...placeOptions(leaves),
        ...choiceOptions,
        by: leaves.duration,
        jitter: leaves.duration.optional().meta({ description: 'Adds up to so much to each.' }),
      })
      .superRefine(isPlaced('A delay')),
  run: (said, context) => {
    const { type, nth, chance, by: by_ms, jitter: jitter_ms } = said;
    return impose(context, said, (place, seed) => ({
      verb: 'delay',
      ...place,
      type,
      nth,
      chance,
      by_ms,
      jitter_ms,
      seed: seed(chance ?? jitter_ms),
    }));
  },
  leave: healOwn,
});
