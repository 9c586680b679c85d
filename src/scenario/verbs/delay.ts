import { z } from 'zod';
import { choiceOptions, isPlaced, placeOptions } from '../fault-options.ts';
import { defineFault } from '../fault-verb.ts';

export const delay = defineFault({
  name: 'delay',
  summary:
    'Everything comes later, in its order. With type, nth or chance only that does, and others pass it.',
  schema: (leaves) =>
    z
      .strictObject({
        ...placeOptions(leaves),
        ...choiceOptions,
        by: leaves.duration,
        jitter: leaves.duration.optional().meta({ description: 'Adds up to so much to each.' }),
      })
      .superRefine(isPlaced('A delay')),
  fault: ({ type, nth, chance, by: by_ms, jitter: jitter_ms }, place, seed) => ({
    verb: 'delay',
    ...place,
    type,
    nth,
    chance,
    by_ms,
    jitter_ms,
    seed: seed(chance ?? jitter_ms),
  }),
});
