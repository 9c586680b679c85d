import { z } from 'zod';
import { faultBlock, healOwn, impose, isPlaced, placeOptions } from '../fault-options.ts';
import { defineControl } from '../verb.ts';

export const cut = defineControl({
  name: 'cut',
  summary: 'Severs a link: its connections are reset, and so is every new one, until it is healed.',
  block: faultBlock,
  schema: (leaves) => z.strictObject(placeOptions(leaves)).superRefine(isPlaced('A cut')),
  run: (said, context) => impose(context, said, (place) => ({ verb: 'cut', ...place })),
  leave: healOwn,
});
