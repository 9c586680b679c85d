import type { MakeCarrier } from '../../client/carrier.ts';
import { inTransaction } from '../../client/transaction.ts';
import type { BackendConfig } from '../../protocol/backend-config.ts';
import { backendRoutes } from '../../protocol/backend-rest.ts';
import { fetchJson } from '../fetch-json.ts';
import { notePresence } from '../note-presence.ts';
import type { OwnParts } from '../other-way.ts';
import { DirectCarrier } from './direct-carrier.ts';
import { PeerKeys } from './peer-keys.ts';
import { PeerLine } from './peer-line.ts';

export interface DirectOptions extends OwnParts {
  readonly config: BackendConfig;
  readonly authorities: string | undefined;
}

/** What a backend needs of the direct topology: the keys of others, and the carrier that calls them and is called. */
export interface Direct {
  readonly keys: PeerKeys;
  readonly carrier: MakeCarrier;
  /** For `POST /api/collab/events`. */
  readonly receive: DirectCarrier['receive'];
}

const keySetBytes = 16 * 1024;

export function openDirect({
  config,
  store,
  tokenFor,
  admit,
  authorities,
  pages,
  tell,
}: DirectOptions): Direct {
  const { peers, timing } = config;
  const closing = new AbortController();
  const keys = new PeerKeys({
    isKnown: (user) => peers[user] !== undefined,
    pinned: (user) => store.peers.find(user)?.peer_key ?? undefined,
    async ask(user) {
      const url = new URL(backendRoutes.jwks.path, peers[user]).href;
      const rules = { admit, authorities, timeoutMs: timing.fetch_timeout_ms, maxBytes: keySetBytes };
      // Nobody checks this token there; a hop on the way reads in it who asks.
      const headers = { authorization: `Bearer ${await tokenFor(user)}` };
      return fetchJson(url, headers, { ...rules, signal: closing.signal });
    },
    pin(user, peer_key) {
      const now = new Date().toISOString();
      const display_name = store.peers.find(user)?.display_name ?? user;
      const presence = { user_id: user, status: 'online', display_name, last_seen: now, peer_key } as const;
      const { frames, happenings } = inTransaction(store.db, () => notePresence(presence, { store, now }));
      for (const happening of happenings) tell(happening);
      pages().push(frames.filter(({ type }) => type !== 'presence'));
    },
  });
  let carrier: DirectCarrier | undefined;
  return {
    keys,
    carrier(events) {
      carrier = new DirectCarrier(
        {
          me: config.user_id,
          displayName: config.display_name,
          acks: config.acks,
          friends: store.friends,
          peers,
          keyOf: (user) => keys.of(user),
          openLine(user, url, onClosed) {
            const line = new PeerLine({
              url,
              admit,
              authorities,
              timeoutMs: timing.reply_timeout_ms,
              onClosed,
            });
            return {
              post: async (body, onWritten) =>
                line.post(backendRoutes.receiveEvents.path, await tokenFor(user), body, onWritten),
              close: () => line.close(),
            };
          },
          backoff: { from: timing.reconnect_min_ms, to: timing.reconnect_max_ms },
          tell,
        },
        events,
      );
      return carrier;
    },
    async receive(from, body) {
      if (!carrier) throw new Error('the carrier was not made');
      return carrier.receive(from, body);
    },
  };
}
