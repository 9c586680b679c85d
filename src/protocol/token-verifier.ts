import {
  decodeProtectedHeader,
  type JWSHeaderParameters,
  type JWTVerifyOptions,
  errors as jose,
  jwtVerify,
} from 'jose';
import {
  candidates,
  KeysUnavailable,
  type PinnedKey,
  type PublishedKeys,
  pinnedKey,
  pinnedSecret,
} from './issuer-keys.ts';
import { clockLeewaySeconds, type Trust, type UserClaims, userClaims } from './tokens.ts';

/** `no_keys`: nobody can say now whether the token is good, because its issuer's keys cannot be had. */
export type TokenFault = 'bad_token' | 'token_expired' | 'no_keys';

export type Verified =
  | { readonly ok: true; readonly claims: UserClaims }
  | { readonly ok: false; readonly code: TokenFault };

const refused: Verified = { ok: false, code: 'bad_token' };

/**
 * Makes the check of tokens for one audience. Each key verifies with its own algorithm and no other; the token's header
 * only says which of the keys to try. `sub` and `exp` are required. `published` looks up the keys of `trust.jwks_url`.
 */
export function tokenVerifier(
  trust: Trust,
  audience: string,
  published?: PublishedKeys,
): (token: string) => Promise<Verified> {
  const options = { audience, requiredClaims: ['sub', 'exp'], clockTolerance: clockLeewaySeconds };
  const given = [
    ...(trust.jwks?.keys.map(pinnedKey) ?? []),
    ...(trust.hs256_secret === undefined ? [] : [pinnedSecret(trust.hs256_secret)]),
  ];

  return async (token) => {
    const header = headerOf(token);
    if (!header) return refused;
    const first = await firstVerdict(token, candidates(given, header), options);
    if (first !== refused || !published) return first;
    try {
      return await firstVerdict(token, await published.find(header), options);
    } catch (error) {
      if (error instanceof KeysUnavailable) return { ok: false, code: 'no_keys' };
      throw error;
    }
  };
}

function headerOf(token: string): JWSHeaderParameters | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

/** What the first key says whose signature it is. */
async function firstVerdict(
  token: string,
  keys: readonly PinnedKey[],
  options: JWTVerifyOptions,
): Promise<Verified> {
  for (const key of keys) {
    const verdict = await attempt(token, key, options);
    if (verdict !== refused) return verdict;
  }
  return refused;
}

async function attempt(token: string, { key, alg }: PinnedKey, options: JWTVerifyOptions): Promise<Verified> {
  try {
    const { payload } = await jwtVerify(token, await key, { ...options, algorithms: [alg] });
    const claims = userClaims.safeParse(payload);
    return claims.success ? { ok: true, claims: claims.data } : refused;
  } catch (error) {
    if (error instanceof jose.JWTExpired) return { ok: false, code: 'token_expired' };
    if (error instanceof jose.JOSEError || isBrokenKey(error)) return refused;
    throw error;
  }
}

/** A key of the right form whose numbers are no key; `crypto` says so when it is first used. */
const isBrokenKey = (error: unknown): boolean => error instanceof DOMException || error instanceof TypeError;
