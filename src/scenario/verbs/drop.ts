import { z } from 'zod';
import { choiceOptions, faultBlock, healOwn, impose, isPlaced, placeOptions } from '../fault-options.ts';
import { defineControl } from '../verb.ts';

export const drop = defineControl({
  name: 'drop',
  summary:
    'Swallows chosen messages. Without type, nth or chance everything vanishes and the connection stays: half-open.',
  block: faultBlock,
  schema: (leaves) =>
    z.strictObject({ ...placeOptions(leaves), ...choiceOptions }).superRefine(isPlaced('A drop')),
  run: (said, context) => {
    const { type, nth, chance } = said;
    return impose(context, said, (place, seed) => ({
      verb: 'drop',
      ...place,
      type,
      nth,
      chance,
      seed: seed(chance),
    }));
  },
  leave: healOwn,
});
