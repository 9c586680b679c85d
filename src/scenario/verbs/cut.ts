import { z } from 'zod';
import { isPlaced, placeOptions } from '../fault-options.ts';
import { defineFault } from '../fault-verb.ts';

export const cut = defineFault({
  name: 'cut',
  summary: 'Severs a link: its connections are reset, and so is every new one, until it is healed.',
  schema: (leaves) => z.strictObject(placeOptions(leaves)).superRefine(isPlaced('A cut')),
  fault: (_, place) => ({ verb: 'cut', ...place }),
});
