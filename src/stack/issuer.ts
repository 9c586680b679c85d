import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { UserId } from '../protocol/ids.ts';
import { relayAudience, type Trust, trust } from '../protocol/tokens.ts';

/** Who vouches for the users of one run. Its key lives in memory and dies with the run. */
export interface Issuer {
  /** What relay and backends are told to believe. */
  readonly trust: Trust;
  /** A signed token; one for the relay carries the user's display name. `expiresInS` may be negative. */
  tokenFor(user: UserId, audience: string, expiresInS: number): Promise<string>;
}

export async function createIssuer(nameOf: (user: UserId) => string | undefined): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    trust: trust.parse({ jwks: { keys: [{ ...publicJwk, kid, alg: 'EdDSA' }] } }),
    tokenFor(user, audience, expiresInS) {
      const now = Math.floor(Date.now() / 1000);
      const name = audience === relayAudience ? nameOf(user) : undefined;
      return new SignJWT({ ...(name && { name }) })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setSubject(user)
        .setAudience(audience)
        .setIssuedAt(Math.min(now, now + expiresInS))
        .setExpirationTime(now + expiresInS)
        .sign(privateKey);
    },
  };
}
