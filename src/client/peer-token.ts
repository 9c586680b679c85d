import { decodeJwt, importJWK, errors as jose, jwtVerify, SignJWT } from 'jose';
import { v4 as uuidv4 } from 'uuid';
import { z } from 'zod';
import { type UserId, userId } from '../protocol/ids.ts';
import type { PeerKey } from '../protocol/presence.ts';
import { backendAudience, clockLeewaySeconds, peerTokenSeconds } from '../protocol/tokens.ts';
import type { OwnPeerKey } from './peer-key.ts';

/** Tokens with which one backend asks others for what is shared with its user. */
export interface PeerTokens {
  /** A token for one other backend, and useless anywhere else. */
  tokenFor(callee: UserId): Promise<string>;
}

/** Half of a token's life is left for its way when it is handed out for the last time. */
const reusedForMs = (peerTokenSeconds / 2) * 1000;
const algorithm = 'EdDSA';

/** Signs as `user`; a token is made once and reused for half of its life. `now` is in ms since 1970. */
export function peerTokens(user: UserId, key: OwnPeerKey, now: () => number = Date.now): PeerTokens {
  const made = new Map<UserId, { readonly token: Promise<string>; readonly until: number }>();
  return {
    tokenFor: (callee) => {
      const at = now();
      const found = made.get(callee);
      if (found && at < found.until) return found.token;
      for (const [other, { until }] of made) if (until <= at) made.delete(other);
      const token = makePeerToken(user, callee, key, at);
      made.set(callee, { token, until: at + reusedForMs });
      return token;
    },
  };
}

/** One peer token of protocol.md section 4, valid for 60 s from `now` (ms since 1970). */
export function makePeerToken(
  caller: UserId,
  callee: UserId,
  { privateKey }: OwnPeerKey,
  now: number,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(caller)
    .setSubject(caller)
    .setAudience(backendAudience(callee))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + peerTokenSeconds)
    .setJti(uuidv4())
    .sign(privateKey);
}

export type PeerVerdict =
  | { readonly ok: true; readonly caller: UserId }
  | { readonly ok: false; readonly code: 'bad_token' | 'token_expired' };

const claims = z.object({ sub: userId, iat: z.int(), exp: z.int(), jti: z.string().min(1) });
const refused: PeerVerdict = { ok: false, code: 'bad_token' };

/**
 * Verifies a token that somebody calls `callee` with. `keyOf` answers the caller's pinned public key; a caller
 * without one is refused. The claimed caller only chooses the key, which then has to prove the claim.
 */
export async function verifyPeerToken(
  token: string,
  callee: UserId,
  keyOf: (caller: UserId) => PeerKey | undefined,
  now: number = Date.now(),
): Promise<PeerVerdict> {
  try {
    const claimed = userId.safeParse(decodeJwt(token).sub);
    const known = claimed.success ? keyOf(claimed.data) : undefined;
    if (!claimed.success || !known) return refused;
    const { kty, crv, x } = known;
    const { payload } = await jwtVerify(token, await importJWK({ kty, crv, x }, algorithm), {
      algorithms: [algorithm],
      issuer: claimed.data,
      subject: claimed.data,
      audience: backendAudience(callee),
      requiredClaims: ['exp', 'iat', 'jti'],
      clockTolerance: clockLeewaySeconds,
      currentDate: new Date(now),
    });
    const { sub, iat, exp } = claims.parse(payload);
    // A longer life than is agreed on would make a stolen token worth more than its maker may give away.
    return exp - iat > peerTokenSeconds ? refused : { ok: true, caller: sub };
  } catch (error) {
    if (error instanceof jose.JWTExpired) return { ok: false, code: 'token_expired' };
    if (error instanceof jose.JOSEError || error instanceof z.ZodError) return refused;
    throw error;
  }
}
