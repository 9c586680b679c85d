import type { CloseWord } from '../protocol/close-codes.ts';
import { type Handshake, handshake } from '../protocol/handshake.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Registration } from '../protocol/relay-rest.ts';
import type { Verified } from '../protocol/token-verifier.ts';
import { hasKeys, type Trust, type UserClaims } from '../protocol/tokens.ts';
import type { Lists } from './friendship.ts';
import type { Profile } from './member.ts';

/** Who connects, with everything that the handshake, an earlier registration and the token said. */
export interface Identity {
  readonly user: UserId;
  readonly profile: Profile;
  readonly lists: Lists;
  readonly declared: boolean;
  readonly acks: boolean;
  readonly instance: string | undefined;
  readonly attempt: number;
  /** Ms since 1970. */
  readonly tokenExpiresAt: number | undefined;
}

export type Admission =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly word: CloseWord; readonly user: UserId | undefined };

export interface IdentifyOptions {
  readonly trust: Trust;
  readonly verify: (token: string) => Promise<Verified>;
  readonly registrationOf: (user: UserId) => Registration | undefined;
}

/**
 * Finds out who connects. A token says so; without one, `user_id` suffices on an insecure relay only. A registration
 * fills what the handshake leaves out, but never the token: a registered token must not let somebody else in.
 */
export async function identify(raw: unknown, options: IdentifyOptions): Promise<Admission> {
  const parsed = handshake.safeParse(raw);
  if (!parsed.success) return { ok: false, word: 'protocol', user: undefined };
  const hello = parsed.data;
  const refused = (word: CloseWord): Admission => ({ ok: false, word, user: hello.user_id });

  const { insecure } = options.trust;
  if (hello.token === undefined || (insecure && !hasKeys(options.trust))) {
    if (!insecure || hello.user_id === undefined) return refused('bad_token');
    return { ok: true, identity: identityOf(hello.user_id, hello, undefined, options) };
  }
  const verified = await options.verify(hello.token);
  if (!verified.ok) return refused(verified.code);
  const { sub } = verified.claims;
  if (hello.user_id !== undefined && hello.user_id !== sub) return refused('forbidden');
  return { ok: true, identity: identityOf(sub, hello, verified.claims, options) };
}

function identityOf(
  user: UserId,
  hello: Handshake,
  claims: UserClaims | undefined,
  { trust, registrationOf }: IdentifyOptions,
): Identity {
  const earlier = registrationOf(user);
  const declared = hello.friends ?? earlier?.friends;
  return {
    user,
    profile: {
      displayName: hello.display_name ?? earlier?.display_name ?? claims?.name ?? user,
      backendUrl: hello.backend_url ?? earlier?.backend_url,
      peerKey: hello.peer_key ?? earlier?.peer_key,
    },
    lists: {
      friends: friendsOf(declared ?? claims?.friends, trust),
      leaving: new Set(hello.leaving ?? []),
    },
    declared: declared !== undefined,
    acks: hello.acks ?? false,
    instance: hello.instance,
    attempt: hello.attempt ?? 0,
    tokenExpiresAt: claims && claims.exp * 1000,
  };
}

/** Who declared nobody has no friends; on an insecure relay, everybody. */
export function friendsOf(friends: readonly UserId[] | undefined, trust: Trust): Lists['friends'] {
  if (friends) return new Set(friends);
  return trust.insecure ? 'everybody' : new Set();
}
