import { SignJWT } from 'jose';
import type { peerTokens as real } from '../../../src/client/peer-token.ts';
import { backendAudience } from '../../../src/protocol/tokens.ts';

export * from '../../../src/client/peer-token.ts';

/** Signs peer tokens that are good for a day. */
export const peerTokens: typeof real = (user, { privateKey }) => ({
  tokenFor: (callee) =>
    new SignJWT({ jti: 'always the same' })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(user)
      .setSubject(user)
      .setAudience(backendAudience(callee))
      .setIssuedAt()
      .setExpirationTime('1d')
      .sign(privateKey),
});
