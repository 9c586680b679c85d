import { z } from 'zod';
import { choiceOptions, isPlaced, placeOptions } from '../fault-options.ts';
import { defineFault } from '../fault-verb.ts';

export const duplicate = defineFault({
  name: 'duplicate',
  summary: 'Sends chosen messages twice, the second time at once or later by so much.',
  schema: (leaves) =>
    z
      .strictObject({
        ...placeOptions(leaves),
        ...choiceOptions,
        by: leaves.duration.optional().meta({ description: 'How much later it comes again.' }),
      })
      .superRefine(isPlaced('A duplicate')),
  fault: ({ type, nth, chance, by: by_ms }, place, seed) => ({
    verb: 'duplicate',
    ...place,
    type,
    nth,
    chance,
    by_ms,
    seed: seed(chance),
  }),
});
