import { z } from 'zod';
import { isPlaced, placeOptions } from '../fault-options.ts';
import { defineFault } from '../fault-verb.ts';

const units = { B: 1, KB: 1000, MB: 1_000_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(B|KB|MB)\/s$/;
const needed = 'needs a rate with its unit, like 500B/s, 20KB/s or 1MB/s';

/** Bytes a second. */
const rate = z
  .string({ error: needed })
  .regex(pattern, needed)
  .transform((text) => {
    const [, amount = '0', unit] = pattern.exec(text) ?? [];
    return Number(amount) * (unit === 'MB' ? units.MB : unit === 'KB' ? units.KB : units.B);
  })
  .refine((bytes) => bytes > 0, 'must be above 0')
  .meta({ description: 'So many bytes a second, with the unit: 500B/s, 20KB/s, 1MB/s.' });

export const throttle = defineFault({
  name: 'throttle',
  summary: 'Lets only so many bytes a second pass.',
  schema: (leaves) => z.strictObject({ ...placeOptions(leaves), rate }).superRefine(isPlaced('A throttle')),
  fault: ({ rate: bytes }, place) => ({ verb: 'throttle', ...place, bytes_per_second: bytes }),
});
