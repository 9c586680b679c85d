import { z } from 'zod';
import { choiceOptions, isPlaced, placeOptions } from '../fault-options.ts';
import { defineFault } from '../fault-verb.ts';

export const drop = defineFault({
  name: 'drop',
  summary:
    'Swallows chosen messages. Without type, nth or chance everything vanishes and the connection stays: half-open.',
  schema: (leaves) =>
    z.strictObject({ ...placeOptions(leaves), ...choiceOptions }).superRefine(isPlaced('A drop')),
  fault: ({ type, nth, chance }, place, seed) => ({
    verb: 'drop',
    ...place,
    type,
    nth,
    chance,
    seed: seed(chance),
  }),
});
