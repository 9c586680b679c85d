import { importJWK, errors as jose, jwtVerify } from 'jose';
import { z } from 'zod';
import type { UserId } from '../protocol/ids.ts';
import type { PeerKey } from '../protocol/presence.ts';
import { clockLeewaySeconds, peerTokenSeconds } from '../protocol/tokens.ts';

export type PeerVerified =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'bad_token' | 'token_expired' };

const lifetime = z.object({ iat: z.number(), exp: z.number(), jti: z.string().min(1) });

/**
 * Checks a peer token (protocol.md section 4): signed by the caller's own key, with `iss` = `sub` = the caller, for this
 * backend, and of a short life. A token that was seen twice is no danger: a peer can only read what it may read anyway.
 */
export async function verifyPeer(
  token: string,
  { key, caller, audience }: { readonly key: PeerKey; readonly caller: UserId; readonly audience: string },
): Promise<PeerVerified> {
  try {
    const { payload } = await jwtVerify(token, await importJWK(key, 'EdDSA'), {
      algorithms: ['EdDSA'],
      audience,
      issuer: caller,
      subject: caller,
      clockTolerance: clockLeewaySeconds,
    });
    const times = lifetime.safeParse(payload);
    const short = times.success && times.data.exp - times.data.iat <= peerTokenSeconds;
    return short ? { ok: true } : { ok: false, code: 'bad_token' };
  } catch (error) {
    if (error instanceof jose.JWTExpired) return { ok: false, code: 'token_expired' };
    if (error instanceof jose.JOSEError) return { ok: false, code: 'bad_token' };
    throw error;
  }
}
