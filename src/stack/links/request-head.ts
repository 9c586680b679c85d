import { z } from 'zod';

/** A head that is longer than this is of no request that we know. */
export const longestHead = 64 * 1024;

const claims = z.object({ sub: z.string() });

/**
 * Who sends an HTTP request, by the `sub` of the bearer token in its head. The token is read, not verified: that is for
 * the backend behind us, and here it only names the link. `*` where there is none; undefined while the head has not
 * ended yet.
 */
export function diallerOf(bytes: Buffer): string | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return bytes.length > longestHead || !looksLikeHttp(bytes) ? '*' : undefined;
  const token = /^authorization:\s*bearer\s+\S+?\.([\w-]+)\./im.exec(bytes.toString('latin1', 0, end))?.[1];
  if (token === undefined) return '*';
  try {
    return claims.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))).sub;
  } catch {
    return '*';
  }
}

const looksLikeHttp = (bytes: Buffer): boolean => /^[A-Z]{1,8}( |$)/.test(bytes.toString('latin1', 0, 9));
