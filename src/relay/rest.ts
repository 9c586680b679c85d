import { bearerOf, refusedToken } from '../http/bearer.ts';
import { Refused } from '../http/refused.ts';
import { type Asking, type Caller, type Handlers, withStatus } from '../http/serve-routes.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Registration, relayRoutes } from '../protocol/relay-rest.ts';
import type { Verified } from '../protocol/token-verifier.ts';
import { hasKeys, type Trust } from '../protocol/tokens.ts';
import type { Declarer } from './friendship.ts';
import { friendsOf } from './identify.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { Registrations } from './registrations.ts';
import type { Roster } from './roster.ts';

export interface RestOptions {
  readonly roster: Roster;
  readonly registrations: Registrations;
  readonly trust: Trust;
  readonly verify: (token: string) => Promise<Verified>;
  readonly publicUrl: string | undefined;
  /** This relay itself speaks TLS. */
  readonly secure: boolean;
  readonly runId: string | undefined;
  /** What it waits for; nothing where it is ready, undefined where it takes nobody any more. */
  readonly waitingFor: () => readonly string[] | undefined;
  /** Absent where this relay is the only node. */
  readonly nodes: Nodes | undefined;
}

/** The relay's REST face; the routes are in protocol/relay-rest.ts. */
export function restHandlers(
  options: RestOptions,
): Pick<Handlers<typeof relayRoutes>, 'register' | 'online' | 'healthz' | 'readyz'> {
  const { roster, registrations, publicUrl, secure, runId, nodes } = options;
  return {
    register: async ({ body, host }) => {
      await admitRegistration(body, options);
      registrations.keep(body, performance.now());
      return { success: true, collab_ws_url: socketUrl(body.user_id, { host, publicUrl, secure }) };
    },
    online: async ({ caller }) => {
      const elsewhere = caller && (await nodes?.online(caller.user));
      const asking = caller ? declarerOf(caller, options) : undefined;
      const here = [...(asking ? roster.friendsOf(asking) : roster.members())]
        .filter((present) => asking !== undefined || present.lists.friends === 'everybody')
        .map(({ user, profile, lastSeen }) => ({
          user_id: user,
          display_name: profile.displayName,
          status: 'online' as const,
          last_seen: new Date(lastSeen).toISOString(),
        }));
      // Who has just moved from this node to another is known in both places.
      return [...new Map([...here, ...(elsewhere ?? [])].map((one) => [one.user_id, one])).values()];
    },
    healthz: () => ({ status: 'ok' }),
    readyz: () => {
      const run = runId === undefined ? {} : { run_id: runId };
      const waiting = options.waitingFor();
      if (waiting?.length === 0) return { status: 'ready', ...run };
      return withStatus(503, { status: 'not-ready', ...run, ...(waiting && { waiting_for: [...waiting] }) });
    },
  };
}

/** The caller as it declared itself: on its connection, by an earlier registration, or else in its token. */
function declarerOf(
  { user, friends: claimed }: Caller,
  { roster, registrations, trust }: RestOptions,
): Declarer {
  const registered = registrations.of(user, performance.now());
  const friends = friendsOf(registered?.friends ?? claimed, trust);
  return roster.present(user) ?? { user, lists: { friends, leaving: new Set() } };
}

/** Identity of a relay user from its bearer token; on an insecure relay nobody needs one, and nobody is undefined. */
export function authoriseRelayUser({ trust, verify }: Pick<RestOptions, 'trust' | 'verify'>) {
  return async (_access: unknown, request: Pick<Asking, 'headers'>): Promise<Caller | undefined> => {
    const token = bearerOf(request.headers.authorization);
    if (trust.insecure && (token === undefined || !hasKeys(trust))) return undefined;
    if (token === undefined) throw new Refused('no_token');
    const verified = await verify(token);
    if (!verified.ok) throw refusedToken(verified.code);
    const { sub, friends } = verified.claims;
    return { user: sub, kind: 'relay-user', ...(friends && { friends }) };
  };
}

async function admitRegistration(
  { user_id, auth_token }: Registration,
  { trust, verify }: RestOptions,
): Promise<void> {
  // The brief's caller sends the text "jwt_token"; an insecure relay takes anybody at their word.
  if (trust.insecure) return;
  if (auth_token === undefined) throw new Refused('no_token', { detail: 'auth_token is missing.' });
  const verified = await verify(auth_token);
  if (!verified.ok) throw refusedToken(verified.code);
  if (verified.claims.sub !== user_id) throw new Refused('forbidden');
}

/** Where the socket of a user is: below the public URL, else below the host by which the relay was reached. */
export function socketUrl(
  user: UserId,
  {
    host,
    publicUrl,
    secure,
  }: Pick<RestOptions, 'publicUrl' | 'secure'> & { readonly host: string | undefined },
): string {
  if (publicUrl !== undefined) return `${publicUrl.replace(/^http/, 'ws').replace(/\/+$/, '')}/ws/${user}`;
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host)) {
    throw new Refused('bad_request', { detail: 'The request has no usable Host.' });
  }
  return `${secure ? 'wss' : 'ws'}://${host}/ws/${user}`;
}
