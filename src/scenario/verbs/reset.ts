import { z } from 'zod';
import { choiceOptions, isPlaced, placeOptions } from '../fault-options.ts';
import { defineFault } from '../fault-verb.ts';

export const reset = defineFault({
  name: 'reset',
  summary:
    'Resets the connections of a link that are there now, or each on which a chosen message comes; new ones live.',
  schema: (leaves) =>
    z.strictObject({ ...placeOptions(leaves), ...choiceOptions }).superRefine(isPlaced('A reset')),
  fault: ({ type, nth, chance }, place, seed) => ({
    verb: 'reset',
    ...place,
    type,
    nth,
    chance,
    seed: seed(chance),
  }),
});
