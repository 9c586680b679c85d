import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { UserId } from '../../protocol/ids.ts';
import { backendAudience, type Trust, trust } from '../../protocol/tokens.ts';

/** What a token is to say; `expiresInS` may be negative. */
export interface Claims {
  readonly sub: string;
  readonly aud: string;
  readonly expiresInS?: number;
}

/** Who vouches for users in this run: what the relay and the backend are told to believe. */
export interface Authority {
  readonly trust: Trust;
  sign(claims: Claims): Promise<string>;
  /** The same claims, signed with a key that nobody was told of. */
  forge(claims: Claims): Promise<string>;
  ownerToken(user: UserId): Promise<string>;
}

/** With a secret its tokens are HS256, as the backend that runs already believes them; else it has a key of its own. */
export async function openAuthority(secret: string | undefined): Promise<Authority> {
  const sign = secret === undefined ? await withKey() : withSecret(secret);
  const forged = secret === undefined ? await withKey() : withSecret(`${secret.slice(0, -1)}#`);
  return {
    trust: sign.trust,
    sign: sign.token,
    forge: async (claims) => forged.token(claims, sign.kid),
    ownerToken: (user) => sign.token({ sub: user, aud: backendAudience(user) }),
  };
}

interface Signer {
  readonly trust: Trust;
  readonly kid: string | undefined;
  /** `kid`: what the header names, where that is not the signing key. */
  token(claims: Claims, kid?: string): Promise<string>;
}

async function withKey(): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const jwk = await exportJWK(publicKey);
  const own = await calculateJwkThumbprint(jwk);
  return {
    trust: trust.parse({ jwks: { keys: [{ ...jwk, kid: own, alg: 'EdDSA' }] } }),
    kid: own,
    token: (claims, kid = own) => tokenOf(claims).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey),
  };
}

function withSecret(secret: string): Signer {
  const key = new TextEncoder().encode(secret);
  return {
    trust: trust.parse({ hs256_secret: secret }),
    kid: undefined,
    token: (claims) => tokenOf(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key),
  };
}

function tokenOf({ sub, aud, expiresInS = 3600 }: Claims): SignJWT {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setSubject(sub)
    .setAudience(aud)
    .setIssuedAt(Math.min(now, now + expiresInS - 60))
    .setExpirationTime(now + expiresInS);
}
