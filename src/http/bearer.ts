import type { TokenFault } from '../protocol/token-verifier.ts';
import { Refused } from './refused.ts';

/** The token of an `Authorization: Bearer` header. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];

/** What whoever shows a token is told that proves nothing. */
export function refusedToken(fault: TokenFault): Refused {
  switch (fault) {
    case 'bad_token':
      return new Refused('bad_token');
    case 'token_expired':
      return new Refused('bad_token', { detail: 'The token has expired.' });
    case 'no_keys':
      return new Refused('unavailable', { detail: 'The keys of the token issuer cannot be had now.' });
    default:
      return fault satisfies never;
  }
}
