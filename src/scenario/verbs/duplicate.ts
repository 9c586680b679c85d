import { z } from 'zod';
import { choiceOptions, faultBlock, healOwn, impose, isPlaced, placeOptions } from '../fault-options.ts';
import { defineControl } from '../verb.ts';

export const duplicate = defineControl({
  name: 'duplicate',
  summary: 'Sends chosen messages twice, the second time at once or later by so much.',
  block: faultBlock,
  schema: (leaves) =>
    z
      .strictObject({
        ...placeOptions(leaves),
        ...choiceOptions,
        by: leaves.duration.optional().meta({ description: 'How much later it comes again.' }),
      })
      .superRefine(isPlaced('A duplicate')),
  run: (said, context) => {
    const { type, nth, chance, by: by_ms } = said;
    return impose(context, said, (place, seed) => ({
      verb: 'duplicate',
      ...place,
      type,
      nth,
      chance,
      by_ms,
      seed: seed(chance),
    }));
  },
  leave: healOwn,
});
