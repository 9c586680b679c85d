import { createHash } from 'node:crypto';
import { z } from 'zod';
import { position } from '../protocol/positions.ts';

/** What a digest covers, in this order of keys. */
const content = position.pick({
  symbol: true,
  strategy: true,
  quantity: true,
  legs: true,
  notes: true,
  tags: true,
});

/**
 * Tells two contents of one version number apart: SHA-256 of the content as JSON in the schema's order of keys, the
 * first 132 bits in base64url. Whoever knows the content can make it, so it says nothing new to a reader.
 */
export function contentDigest(of: z.infer<typeof content>): string {
  return createHash('sha256')
    .update(JSON.stringify(z.parse(content, of)))
    .digest('base64url')
    .slice(0, 22);
}
