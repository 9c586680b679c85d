import type { RequestListener } from 'node:http';
import type { CollabClient } from '../client/collab-client.ts';
import { openCollabClient } from '../client/open-collab-client.ts';
import { loadOrMakePeerKey } from '../client/peer-key.ts';
import { peerTokens } from '../client/peer-token.ts';
import { inTransaction } from '../client/transaction.ts';
import { type AskRoutes, askRoutes } from '../http/ask-routes.ts';
import { ProcessMetrics } from '../http/metrics/process-metrics.ts';
import { RemoteKeys } from '../http/remote-keys.ts';
import { type Handlers, routeListener } from '../http/serve-routes.ts';
import { messageOf } from '../problem.ts';
import type { BackendConfig } from '../protocol/backend-config.ts';
import { backendRoutes } from '../protocol/backend-rest.ts';
import type { Census } from '../protocol/census.ts';
import type { UserId } from '../protocol/ids.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import { addressGuard } from './address-guard.ts';
import { onlyPeer, questionAnswerer } from './answer-question.ts';
import { peerAsker } from './ask-peer.ts';
import { authoriser } from './authorise.ts';
import { startFetchRunner } from './fetch-runner.ts';
import { describeHandlers } from './handlers/describe.ts';
import { eventHandlers } from './handlers/events.ts';
import { friendHandlers } from './handlers/friends.ts';
import { positionHandlers } from './handlers/positions.ts';
import { reportHandlers } from './handlers/reports.ts';
import { shareHandlers } from './handlers/shares.ts';
import { inbound } from './inbound.ts';
import { BackendMeter } from './meter.ts';
import type { OtherWay, OwnParts } from './other-way.ts';
import { openPages, type Pages } from './pages.ts';
import { performer } from './perform.ts';
import { relayLink, relayToken } from './relay-link.ts';
import { startResyncRunner } from './resync-runner.ts';
import { savedSteps } from './saved-event.ts';
import { commitDurably, openDatabase } from './store/database.ts';
import { storeIn } from './store/store.ts';
import { tellFetch } from './tell-fetch.ts';

/** One user's backend without a server of its own: whoever has one lets it listen. */
export interface UserBackend extends AsyncDisposable {
  readonly user: UserId;
  readonly listener: RequestListener;
  readonly upgrade: Pages['upgrade'];
  /** What a peer could GET, asked in this process: with their token, and under the same rules. */
  readonly answersTo: (asker: UserId) => AskRoutes;
  census(): Census;
  /** Sends a raw event as this user's own, past the outbox. */
  emit(event: Record<string, unknown>): Promise<SubmitReply>;
}

export interface UserBackendOptions {
  /** Where others reach it. */
  readonly publicUrl: string;
  readonly authorities?: string | undefined;
  readonly tell: Tell;
  /** Absent: the relay of `collab_url`. */
  readonly otherWay?: ((own: OwnParts) => OtherWay) | undefined;
}

/** Bodies are small: the longest notes with every character escaped fit well. */
const bodyBytes = 128 * 1024;

/**
 * Opens one user's database, outbox, inbox and routes, and starts to reach others. Everything it knows is in
 * `data_dir`: closed or killed at any instant, it goes on from there. Rejects with a Problem.
 */
export async function openUserBackend(
  config: BackendConfig,
  { publicUrl, authorities, tell: told, otherWay }: UserBackendOptions,
): Promise<UserBackend> {
  const me = { id: config.user_id, display_name: config.display_name };
  const { timing } = config;
  const opened: (() => unknown)[] = [];
  const meter = new BackendMeter();
  const tell = meter.counting(told);
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const db = openDatabase(config.data_dir);
    opened.push(() => db.close());
    const store = storeIn(db);
    inTransaction(db, () => store.friends.seed(config.friends));
    const key = loadOrMakePeerKey(config.data_dir);

    const onFault = (fault: unknown) =>
      tell({ type: 'note', level: 'warn', code: 'internal', text: messageOf(fault) });
    const { jwks_url: keysAt } = config.owner_trust;
    const published = keysAt === undefined ? undefined : new RemoteKeys({ url: keysAt, onTrouble: onFault });
    opened.push(() => published?.[Symbol.dispose]());

    const { tokenFor } = peerTokens(me.id, key);
    const admit = addressGuard({ allowPrivate: config.allow_private });
    const way = otherWay?.({ store, tokenFor, peerKey: key.publicKey, admit, pages: () => pages, tell });
    const allowOrigin = (origin: string) => config.page_origins.includes(origin);
    const { authorise, authoriseOwner } = authoriser({
      me: me.id,
      trust: config.owner_trust,
      published,
      peers: store.peers,
      keys: way?.keys,
    });
    const pages = openPages({ me: me.id, allowOrigin, authoriseOwner, onFault });
    opened.push(() => pages[Symbol.asyncDispose]());

    const registeredUrl = (user: UserId) => client.presenceOf(user)?.backend_url ?? config.peers[user];
    const askPeer =
      way?.askPeer ??
      peerAsker({
        registeredUrl,
        tokenFor,
        admit,
        authorities,
        timeoutMs: timing.fetch_timeout_ms,
        around: way ? undefined : (question) => client.ask(question),
      });
    const retries = { retryMinMs: timing.fetch_retry_min_ms, retryMaxMs: timing.fetch_retry_max_ms };
    const toldOfFetches = tellFetch({ me: me.id, tell, pages });
    const fetches = startFetchRunner({
      me: me.id,
      store,
      timing: retries,
      registeredUrl,
      askPeer,
      ...toldOfFetches,
      onConcluded(job, conclusion) {
        toldOfFetches.onConcluded(job, conclusion);
        resyncs.moved(job.owner_id, job.position_id);
        if (conclusion.kind === 'ended' && conclusion.orphaned) resyncs.ask(job.owner_id, 'gone');
      },
    });
    opened.push(() => fetches[Symbol.asyncDispose]());

    const received = inbound({
      me: me.id,
      store,
      pages,
      client: () => client,
      wakeFetches: () => fetches.wake(),
      onMoved: (friend, position) => resyncs.moved(friend, position),
      onQuarantined: (friend) => resyncs.ask(friend, 'quarantined'),
      tell,
    });
    const client: CollabClient = await openCollabClient({
      db,
      user: me.id,
      displayName: me.display_name,
      backendUrl: publicUrl,
      collabUrl: config.collab_url,
      carrier: way?.carrier,
      authorities,
      token: relayToken(config),
      friends: () => store.friends.declaration(),
      peerKey: key.publicKey,
      acks: config.acks,
      timing: {
        // A request waits for its acknowledgement: there is no company to be waited for.
        ackDelayMs: way ? 0 : timing.ack_delay_ms,
        replyTimeoutMs: timing.reply_timeout_ms,
        sweepMs: timing.sweep_ms,
        reconnectMinMs: timing.reconnect_min_ms,
        reconnectMaxMs: timing.reconnect_max_ms,
      },
      outboxLimit: config.outbox_limit,
      outboxAgeMs: config.outbox_age_ms,
      apply: received.apply,
      onCommitted: received.committed,
      onQuestion: questionAnswerer((asker) => answersTo(asker)),
      ...relayLink({
        store,
        pages,
        tell,
        friendsChanged: () => client.friendsChanged(),
        onFriendOnline: (user) => {
          fetches.hurry(user);
          resyncs.hurry(user);
        },
      }),
      onSkipped: (friend) => resyncs.ask(friend, 'skipped'),
      tell,
    });
    opened.push(() => client[Symbol.asyncDispose]());
    const resyncs = startResyncRunner({
      me: me.id,
      store,
      client,
      timing: retries,
      reachableAt(friend) {
        const presence = client.presenceOf(friend);
        return presence?.status === 'online' ? presence.backend_url : undefined;
      },
      askPeer,
      onResynced({ fetches: wanted, frames, saved }) {
        for (const one of saved) for (const step of savedSteps(me.id, one)) tell(step);
        if (saved.length > 0) client.committed();
        pages.push(frames);
        if (wanted > 0) fetches.wake();
      },
      tell,
    });
    opened.push(() => resyncs[Symbol.asyncDispose]());
    commitDurably(db);
    // A relay that will not have this backend is shown by /readyz, and here to whoever reads along.
    client.ready.catch((error: unknown) =>
      tell({ type: 'note', level: 'warn', code: 'relay_refused', text: messageOf(error) }),
    );

    const ofProcess = new ProcessMetrics();
    opened.push(() => ofProcess[Symbol.dispose]());
    const census = (): Census => {
      const { links, runnable, parked, away } = client.census();
      const jobs = fetches.census();
      const comparisons = resyncs.census();
      return {
        links: [...links],
        runnable: { ...runnable, fetch_jobs: jobs.runnable, resyncs: comparisons.runnable },
        parked: { ...parked, fetch_jobs: jobs.parked, resyncs: comparisons.parked },
        ...(away.length > 0 && { away: away.map((to) => ({ from: me.id, to })) }),
        pages: pages.census(),
      };
    };
    const perform = performer({ me, store, publicUrl, client, pages, tell });
    const handlers: Handlers<typeof backendRoutes> = {
      ...positionHandlers({ me: me.id, store, perform, tell }),
      ...friendHandlers({
        store,
        client,
        perform,
        onBefriended: (user) => resyncs.ask(user, 'befriended'),
      }),
      ...shareHandlers({
        store,
        heard(friend, now) {
          client.began(friend, now);
          resyncs.heard(friend, now);
        },
      }),
      ...eventHandlers(way?.receive),
      ...reportHandlers({ me: me.id, runId: config.run_id, store, client, peerKey: key.publicKey, census }),
      ...describeHandlers({ client, meter, process: ofProcess, census }),
    };
    const answersTo = (asker: UserId): AskRoutes =>
      askRoutes(backendRoutes, handlers, {
        authorise: onlyPeer(asker, authorise),
        admit: ({ access }) => access === 'peer' || access === 'owner-or-peer',
        onFault,
      });
    return {
      user: me.id,
      listener: routeListener(backendRoutes, handlers, { authorise, allowOrigin, bodyBytes, onFault }),
      upgrade: pages.upgrade,
      answersTo,
      emit: (event) => client.emitRaw(event),
      census,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
