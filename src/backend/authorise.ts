import { decodeJwt } from 'jose';
import { type PeerVerdict, verifyPeerToken } from '../client/peer-token.ts';
import { bearerOf, refusedToken } from '../http/bearer.ts';
import { Refused } from '../http/refused.ts';
import type { Asking, Caller } from '../http/serve-routes.ts';
import { type UserId, userId } from '../protocol/ids.ts';
import type { PublishedKeys } from '../protocol/issuer-keys.ts';
import type { Access } from '../protocol/route.ts';
import { tokenVerifier } from '../protocol/token-verifier.ts';
import { backendAudience, endOfToken, hasKeys, type Trust } from '../protocol/tokens.ts';
import type { PeerKeys } from './direct/peer-keys.ts';
import type { PeerStore } from './store/peers.ts';

export interface AuthoriseOptions {
  readonly me: UserId;
  readonly trust: Trust;
  /** The keys of `trust.jwks_url`. */
  readonly published?: PublishedKeys | undefined;
  readonly peers: Pick<PeerStore, 'find'>;
  /** Where no relay hands out the keys of others. */
  readonly keys?: Pick<PeerKeys, 'of' | 'renew'> | undefined;
}

/** `until`: the end of an owner's token, in ms since 1970. */
export interface Authorised extends Caller {
  readonly until?: number;
}

/**
 * Says who calls. The token's `sub` only chooses which key must have signed it: the issuer's for this backend's own
 * user, the pinned one of that peer for anybody else, so an issuer's token for alice opens nothing at bob's backend. A peer's token may come twice: it
 * reads, and what it brings is taken once.
 */
export function authoriser({ me, trust, published, peers, keys }: AuthoriseOptions) {
  const verifyOwner = tokenVerifier(trust, backendAudience(me), published);

  async function verifyPeer(token: string, user: UserId): Promise<PeerVerdict> {
    const keyOf = (peer: UserId) => (keys ? keys.of(peer) : (peers.find(peer)?.peer_key ?? undefined));
    const verified = await verifyPeerToken(token, me, keyOf);
    if (verified.ok || verified.code !== 'bad_token' || !keys) return verified;
    const renewed = await keys.renew(user);
    if (renewed === 'unreachable')
      throw new Refused('unavailable', { detail: 'The key of that user cannot be had now.' });
    return renewed === 'changed' ? verifyPeerToken(token, me, keyOf) : verified;
  }

  async function callerOf(token: string | undefined): Promise<Authorised> {
    if (token === undefined) {
      if (trust.insecure) return { user: me, kind: 'owner' };
      throw new Refused('no_token');
    }
    const user = claimedUser(token);
    if (user === me) {
      // Where nobody needs a token, one that nothing here could check does no harm.
      if (trust.insecure && !hasKeys(trust)) return { user: me, kind: 'owner' };
      const verified = await verifyOwner(token);
      if (!verified.ok) throw refusedToken(verified.code);
      return { user: me, kind: 'owner', until: endOfToken(verified.claims.exp, Date.now()) };
    }
    const verified = await verifyPeer(token, user);
    if (!verified.ok) throw refusedToken(verified.code);
    return { user: verified.caller, kind: 'peer' };
  }

  return {
    async authorise(access: Access, request: Pick<Asking, 'headers'>): Promise<Caller> {
      const caller = await callerOf(bearerOf(request.headers.authorization));
      if ((access === 'owner' || access === 'peer') && caller.kind !== access) throw new Refused('forbidden');
      return caller;
    },
    /** For the page's socket, which may carry its token in the URL. */
    async authoriseOwner(token: string | undefined): Promise<Authorised> {
      const caller = await callerOf(token);
      if (caller.kind !== 'owner') throw new Refused('forbidden');
      return caller;
    },
  };
}

function claimedUser(token: string): UserId {
  try {
    return userId.parse(decodeJwt(token).sub);
  } catch {
    throw refusedToken('bad_token');
  }
}
