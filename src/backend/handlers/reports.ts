import type { CollabClient } from '../../client/collab-client.ts';
import { type Handlers, withStatus } from '../../http/serve-routes.ts';
import type { backendRoutes } from '../../protocol/backend-rest.ts';
import type { Census } from '../../protocol/census.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { PeerKey } from '../../protocol/presence.ts';
import type { Store } from '../store/store.ts';

type ReportHandlers = Pick<
  Handlers<typeof backendRoutes>,
  'listNotifications' | 'readOutbox' | 'readInbox' | 'readCensus' | 'jwks' | 'healthz' | 'readyz'
>;

export interface ReportHandlersOptions {
  readonly me: UserId;
  readonly runId: string | undefined;
  readonly store: Store;
  readonly client: Pick<CollabClient, 'outbox' | 'inbox' | 'connected'>;
  readonly peerKey: PeerKey;
  readonly census: () => Census;
}

/** How things stand: notifications, outbox, inbox, health and the public key. */
export function reportHandlers({
  me,
  runId,
  store,
  client,
  peerKey,
  census,
}: ReportHandlersOptions): ReportHandlers {
  return {
    listNotifications: ({ query }) => store.notifications.newest(query.limit),
    readOutbox: ({ query: { event_id, limit } }) =>
      client.outbox({ limit, ...(event_id && { eventId: event_id }) }),
    readInbox: ({ query }) => client.inbox(query),
    readCensus: census,
    jwks: () => ({ keys: [{ ...peerKey, alg: 'EdDSA', use: 'sig' }] }),
    healthz: () => ({ status: 'ok' }),
    readyz() {
      const waitingFor = [...(store.db.isOpen ? [] : ['database']), ...(client.connected ? [] : ['relay'])];
      const who = { user_id: me, ...(runId !== undefined && { run_id: runId }) };
      return waitingFor.length === 0
        ? { status: 'ready', ...who }
        : withStatus(503, { status: 'not-ready', ...who, waiting_for: waitingFor });
    },
  };
}
