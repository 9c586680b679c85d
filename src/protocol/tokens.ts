import { z } from 'zod';
import { userId } from './ids.ts';
import { issuerKeySet, jwksUrl } from './issuer-keys.ts';

/** The `aud` of a token for the relay. */
export const relayAudience = 'collab-relay';

/** The `aud` of a token for one user's backend, the owner's and a peer's alike. */
export const backendAudience = (user: string): string => `collab-backend:${user}`;

/** A peer token lives at most this long. */
export const peerTokenSeconds = 60;

/** Clocks of two machines may differ by this much, in seconds. */
export const clockLeewaySeconds = 30;

/**
 * Until when what was opened with a token stays open, in ms since 1970: its end, or, for one that is within the leeway
 * already, the end of that. `exp` is in seconds.
 */
export function endOfToken(exp: number, now: number): number {
  return exp * 1000 > now ? exp * 1000 : (exp + clockLeewaySeconds) * 1000;
}

/** The last second that a Date can say (ECMA-262, "Time Values"). */
const lastSecond = 8.64e12;

/** The claims that we read from a relay or owner token; `exp` and `aud` are enforced before. */
export const userClaims = z.object({
  sub: userId,
  /** An issuer may mean "never" by a number that is no time: it is held to the last one then. */
  exp: z.number().transform((exp) => Math.min(exp, lastSecond)),
  name: z.string().min(1).max(120).optional(),
  friends: z.array(userId).max(2000).optional(),
});
export type UserClaims = z.infer<typeof userClaims>;

/**
 * What a server believes: an issuer's public keys, given or at a URL, a shared HS256 secret, or (loopback only) anybody
 * at their word.
 */
export const trust = z.strictObject({
  jwks: issuerKeySet.optional(),
  jwks_url: jwksUrl.optional(),
  hs256_secret: z.string().min(32, 'COLLAB_JWT_SECRET needs at least 32 characters').optional(),
  insecure: z.boolean().default(false),
});
export type Trust = z.infer<typeof trust>;

/** Whether there is anything to check a token with. */
export const hasKeys = ({ jwks, jwks_url, hs256_secret }: Trust): boolean =>
  jwks !== undefined || jwks_url !== undefined || hs256_secret !== undefined;
