import { z } from 'zod';
import { choiceOptions, faultBlock, healOwn, impose, isPlaced, placeOptions } from '../fault-options.ts';
import { defineControl } from '../verb.ts';

export const reset = defineControl({
  name: 'reset',
  summary:
    'Resets the connections of a link that are there now, or each on which a chosen message comes; new ones live.',
  block: faultBlock,
  schema: (leaves) =>
    z.strictObject({ ...placeOptions(leaves), ...choiceOptions }).superRefine(isPlaced('A reset')),
  run: (said, context) => {
    const { type, nth, chance } = said;
    return impose(context, said, (place, seed) => ({
      verb: 'reset',
      ...place,
      type,
      nth,
      chance,
      seed: seed(chance),
    }));
  },
  leave: healOwn,
});
