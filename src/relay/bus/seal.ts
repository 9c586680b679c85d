import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * A text for one channel of the bus: `2.<HMAC-SHA256 in base64url>.<body>`. The HMAC covers the channel too, so that
 * what was said to one user's node cannot be said again to another's. The 2 is the version of what the body holds: nodes
 * of two versions do not understand one another, and their users are `unavailable` to one another until all are new.
 */
export function seal(key: Buffer, channel: string, body: string): string {
  return `2.${macOf(key, channel, body)}.${body}`;
}

/** The body of a sealed text; undefined for one that was not sealed for this channel with this key. */
export function unseal(key: Buffer, channel: string, text: string): string | undefined {
  if (!text.startsWith('2.') || text.charAt(2 + macLength) !== '.') return undefined;
  const body = text.slice(3 + macLength);
  const given = Buffer.from(text.slice(2, 2 + macLength), 'latin1');
  const own = Buffer.from(macOf(key, channel, body), 'latin1');
  return given.length === own.length && timingSafeEqual(given, own) ? body : undefined;
}

/** 32 bytes in base64url. */
const macLength = 43;

const macOf = (key: Buffer, channel: string, body: string): string =>
  createHmac('sha256', key).update(channel).update('\n').update(body).digest('base64url');

/** A key for the bus out of a secret that all nodes have for something else. */
export const derivedKey = (secret: string): Buffer =>
  createHmac('sha256', secret).update('collab-relay bus 1').digest();
