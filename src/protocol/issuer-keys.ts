import { webcrypto } from 'node:crypto';
import { importJWK, type JWSHeaderParameters } from 'jose';
import { z } from 'zod';
import { isLoopback } from './loopback.ts';

const named = { kid: z.string().max(256).optional(), use: z.literal('sig').optional() };
const coordinate = z.string().regex(/^[\w-]{20,200}$/, 'this is no coordinate of a public key');

const edwards = z.looseObject({
  ...named,
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: coordinate,
  alg: z.enum(['EdDSA', 'Ed25519']).optional(),
});
const curve = <C extends string, A extends string>(crv: C, alg: A) =>
  z.looseObject({
    ...named,
    kty: z.literal('EC'),
    crv: z.literal(crv),
    x: coordinate,
    y: coordinate,
    alg: z.literal(alg).optional(),
  });
const rsaAlgorithm = z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']);
const rsa = z.looseObject({
  ...named,
  kty: z.literal('RSA'),
  /** 2048 bits or more (RFC 7518 section 3.3). */
  n: z.string().regex(/^[\w-]{342,1366}$/),
  e: z.string().regex(/^[\w-]{1,16}$/),
  alg: rsaAlgorithm.optional(),
});

/** A public JWK of a token issuer. Secret (`oct`) keys are none: what is published must not be able to sign. */
export const issuerKey = z.union([edwards, curve('P-256', 'ES256'), curve('P-384', 'ES384'), rsa]);
export type IssuerKey = z.infer<typeof issuerKey>;

/** The keys of an issuer as they are given to us. */
export const issuerKeySet = z.strictObject({ keys: z.array(issuerKey).min(1).max(16) });

/** Where an issuer publishes its keys. Whoever could change them on the way could sign for everybody. */
export const jwksUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine(
    (url) => !URL.canParse(url) || new URL(url).protocol === 'https:' || isLoopback(new URL(url).hostname),
    'keys come over https, but from this machine',
  )
  .refine((url) => !URL.canParse(url) || new URL(url).username === '', 'the URL carries no credentials');

/** A key with the one algorithm that it verifies: a token's own `alg` never chooses (RFC 8725 section 3.1). */
export interface PinnedKey {
  readonly kid: string | undefined;
  readonly alg: string;
  readonly key: Promise<webcrypto.CryptoKey>;
}

export function pinnedKey(jwk: IssuerKey): PinnedKey {
  const alg = algorithmOf(jwk);
  const key = importJWK(publicPartOf(jwk), alg).then((imported) => {
    if (imported instanceof Uint8Array) throw new Error('a public key was imported as a secret');
    return imported;
  });
  // Whoever verifies with it is told; a key of a set that nobody uses may be as broken as it likes.
  key.catch(() => {});
  return { kid: jwk.kid, alg, key };
}

/** HS256. Imported once: jose would do it again for each token, which costs more than the check and leaves garbage. */
export function pinnedSecret(secret: string): PinnedKey {
  const bytes = new TextEncoder().encode(secret);
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  return {
    kid: undefined,
    alg: 'HS256',
    key: webcrypto.subtle.importKey('raw', bytes, hmac, false, ['verify']),
  };
}

/** Which keys may have signed a token with this header. */
export const candidates = (
  keys: readonly PinnedKey[],
  { kid, alg }: JWSHeaderParameters,
): readonly PinnedKey[] =>
  keys.filter((key) => key.alg === alg && (key.kid === undefined || kid === undefined || key.kid === kid));

/** Looks keys up where they are published. Rejects with KeysUnavailable where that cannot be done now. */
export interface PublishedKeys {
  find(header: JWSHeaderParameters): Promise<readonly PinnedKey[]>;
}

/** The keys of an issuer cannot be had: whether a token is good is not known. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** By the key alone. An RSA key that does not say is for RS256, which nearly every issuer means. */
function algorithmOf(jwk: IssuerKey): string {
  switch (jwk.kty) {
    case 'OKP':
      return jwk.alg ?? 'EdDSA';
    case 'EC':
      return jwk.crv === 'P-256' ? 'ES256' : 'ES384';
    case 'RSA':
      return jwk.alg ?? 'RS256';
    default:
      return jwk satisfies never;
  }
}

/** A key set may hold more than it should: only what verifies is taken. */
function publicPartOf(jwk: IssuerKey) {
  switch (jwk.kty) {
    case 'OKP':
      return { kty: jwk.kty, crv: jwk.crv, x: jwk.x };
    case 'EC':
      return { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y };
    case 'RSA':
      return { kty: jwk.kty, n: jwk.n, e: jwk.e };
    default:
      return jwk satisfies never;
  }
}
