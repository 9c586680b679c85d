import { webcrypto } from 'node:crypto';
import {
  createLocalJWKSet,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  errors as jose,
  jwtVerify,
} from 'jose';
import { clockLeewaySeconds, type Trust, type UserClaims, userClaims } from './tokens.ts';

export type Verified =
  | { readonly ok: true; readonly claims: UserClaims }
  | { readonly ok: false; readonly code: 'bad_token' | 'token_expired' };

const refused: Verified = { ok: false, code: 'bad_token' };

/**
 * Makes the check of tokens for one audience. The algorithm is pinned per key (RFC 8725 section 3.1): HS256 for the
 * secret, EdDSA for the keys, and which one applies follows from the token's `alg` only in the sense that each is tried
 * with its own algorithm allowed and no other. `sub` and `exp` are required.
 */
export function tokenVerifier(trust: Trust, audience: string): (token: string) => Promise<Verified> {
  const options = { audience, requiredClaims: ['sub', 'exp'], clockTolerance: clockLeewaySeconds };
  const attempts: ((token: string) => Promise<Verified>)[] = [];
  if (trust.jwks) {
    const keys = createLocalJWKSet({
      keys: trust.jwks.keys.map(({ kty, crv, x, kid }) => ({
        kty,
        crv,
        x,
        alg: 'EdDSA',
        ...(kid && { kid }),
      })),
    });
    attempts.push((token) => attempt(token, keys, { ...options, algorithms: ['EdDSA'] }));
  }
  if (trust.hs256_secret) {
    // Imported once: jose would do it again for each token, which costs more than the check and leaves garbage.
    const key = hmacKey(trust.hs256_secret);
    attempts.push((token) => attempt(token, () => key, { ...options, algorithms: ['HS256'] }));
  }
  return async (token) => {
    let last = refused;
    for (const verify of attempts) {
      last = await verify(token);
      if (last.ok || last.code === 'token_expired') return last;
    }
    return last;
  };
}

const hmacKey = (secret: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );

async function attempt(
  token: string,
  key: JWTVerifyGetKey | (() => Promise<webcrypto.CryptoKey>),
  options: JWTVerifyOptions,
): Promise<Verified> {
  try {
    const { payload } = await jwtVerify(token, async (header, jws) => key(header, jws), options);
    const claims = userClaims.safeParse(payload);
    return claims.success ? { ok: true, claims: claims.data } : refused;
  } catch (error) {
    if (error instanceof jose.JWTExpired) return { ok: false, code: 'token_expired' };
    if (error instanceof jose.JOSEError) return refused;
    throw error;
  }
}
