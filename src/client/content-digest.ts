import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type PositionContent, positionContent } from '../protocol/positions.ts';

/**
 * Tells two contents of one version number apart: SHA-256 of the content as JSON in the schema's order of keys, the
 * first 132 bits in base64url. Whoever knows the content can make it, so it says nothing new to a reader.
 */
export function contentDigest(of: PositionContent): string {
  return createHash('sha256')
    .update(JSON.stringify(z.parse(positionContent, of)))
    .digest('base64url')
    .slice(0, 22);
}
