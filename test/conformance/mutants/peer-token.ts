import { decodeJwt } from 'jose';
import type { verifyPeerToken as real } from '../../../src/client/peer-token.ts';
import { userId } from '../../../src/protocol/ids.ts';

export * from '../../../src/client/peer-token.ts';

/** Believes whatever a peer token says of its caller. */
export const verifyPeerToken: typeof real = async (token) => {
  const caller = userId.safeParse(decodeJwt(token).sub);
  return caller.success ? { ok: true, caller: caller.data } : { ok: false, code: 'bad_token' };
};
