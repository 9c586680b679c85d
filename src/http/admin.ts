import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { bearerOf } from './bearer.ts';
import { Refused } from './refused.ts';

/**
 * Whether a caller has shown the admin token. Without one it is just somebody, a wrong one is refused: whoever means to
 * see more should not be left with less in silence.
 */
export function isAdmin({ authorization }: IncomingHttpHeaders, token: string | undefined): boolean {
  if (authorization === undefined) return false;
  const shown = bearerOf(authorization) ?? '';
  if (token === undefined || !timingSafeEqual(digest(shown), digest(token))) throw new Refused('bad_token');
  return true;
}

/** Of one length, so that comparing tells nothing about the token's. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
