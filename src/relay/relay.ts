import type { Socket } from 'node:net';
import { listen } from '../http/listen.ts';
import { ProcessMetrics } from '../http/metrics/process-metrics.ts';
import { openServer } from '../http/open-server.ts';
import { Refused } from '../http/refused.ts';
import { RemoteKeys } from '../http/remote-keys.ts';
import { routeListener } from '../http/serve-routes.ts';
import { loadTls } from '../http/tls.ts';
import { messageOf } from '../problem.ts';
import type { Census } from '../protocol/census.ts';
import type { CloseWord } from '../protocol/close-codes.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Tell } from '../protocol/records.ts';
import type { RelayConfig } from '../protocol/relay-config.ts';
import { relayRoutes } from '../protocol/relay-rest.ts';
import { tokenVerifier } from '../protocol/token-verifier.ts';
import { relayAudience } from '../protocol/tokens.ts';
import type { OpenBus } from './bus/bus.ts';
import { busKey, configuredBus } from './bus/configured-bus.ts';
import { describeHandlers } from './describe.ts';
import type { DoorOptions } from './door.ts';
import { Doorkeeper } from './doorkeeper.ts';
import { FetchDesk } from './fetch-desk.ts';
import { identify } from './identify.ts';
import { FairTurns } from './intake.ts';
import { Limits } from './limits.ts';
import type { Member } from './member.ts';
import { RelayMeter } from './meter.ts';
import { Nodes } from './nodes/nodes.ts';
import { plainFace } from './plain-face.ts';
import { PresenceDesk } from './presence.ts';
import { ReceiptsOutbox } from './receipts-outbox.ts';
import { Registrations } from './registrations.ts';
import { authoriseRelayUser, restHandlers } from './rest.ts';
import { Roster } from './roster.ts';
import { Sessions } from './sessions.ts';
import { SlowConsumers } from './slow-consumers.ts';
import { socketIoFace } from './socket-io-face.ts';
import { submitDesk } from './submit.ts';
import { checkTrust } from './trust-problems.ts';

/** How long a closing relay lets its goodbyes reach the network. */
const goodbyeMs = 200;
const restBodyBytes = 256 * 1024;

export interface Relay extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /**
   * For the quiet detection. A frame is one emit by name, in either direction: `ready`, `collab_event`, `presence`,
   * `wake`, `collab_receipt` (a batch is one), `collab_error`; `collab_event`, `collab_ack`, `collab_friends`,
   * `collab_fetch` and `collab_fetch_result` either way, `auth_refresh`, `bye`. Answers to emits (Socket.IO acks), pings and the handshake are none.
   */
  census(): Census;
  /** Resolves when everything has come in that the bus had for this node; at once where there are no other nodes. */
  caughtUp(): Promise<void>;
}

export interface OpenRelayOptions {
  readonly tell?: Tell | undefined;
  /** What joins this relay to its other nodes, in place of the Redis of the settings. */
  readonly bus?: OpenBus | undefined;
}

/** Starts one relay. It holds everything in memory: killed at any instant, it can start empty. */
export async function openRelay(config: RelayConfig, { tell, bus }: OpenRelayOptions = {}): Promise<Relay> {
  checkTrust(config);
  const tls = config.tls && (await loadTls(config.tls, 'The relay'));
  const { trust, run_id: runId } = config;
  await using resources = new AsyncDisposableStack();
  const warn = (code: string) => (text: string) => tell?.({ type: 'note', level: 'warn', code, text });
  const onFault = (fault: unknown) => warn('internal')(messageOf(fault));

  const published =
    trust.jwks_url === undefined
      ? undefined
      : resources.use(new RemoteKeys({ url: trust.jwks_url, onTrouble: warn('no_keys') }));
  const meter = new RelayMeter();
  const verifyToken = tokenVerifier(trust, relayAudience, published);
  const verify: typeof verifyToken = async (token) => {
    const verified = await verifyToken(token);
    if (!verified.ok) meter.authFailures.add(verified.code);
    return verified;
  };
  const roster = new Roster();
  const ofProcess = resources.use(new ProcessMetrics());
  const registrations = new Registrations();
  const limits = resources.use(new Limits(config.limits));
  const receipts = resources.use(
    new ReceiptsOutbox({
      routedMs: config.routed_after_ms,
      unavailableMs: config.unavailable_after_ms,
      meter,
    }),
  );
  const onSlow = (member: Member, sender: UserId): void => slow.await(member, sender);
  const open = bus ?? (await configuredBus(config));
  const nodes: Nodes | undefined =
    open &&
    resources.use(
      new Nodes({
        open,
        key: busKey(config),
        prefix: config.redis?.prefix ?? 'collab',
        roster,
        receipts,
        limits,
        graceMs: config.grace_ms,
        replyMs: config.bus_reply_ms,
        verifyMs: config.bus_verify_ms,
        meter,
        tell,
        onReplaced: (member) => sessions.close(member, 'replaced', true),
        onSlow,
        questions: {
          question: (asker, owner, question) => fetches.question(asker, owner, question),
          result: (asker, owner, result) => fetches.result(asker, owner, result),
        },
      }),
    );
  const presence = resources.use(
    new PresenceDesk({ roster, receipts, graceMs: config.grace_ms, meter, tell, nodes }),
  );
  const slow = resources.use(new SlowConsumers(roster, config.limits.buffer_soft_bytes, nodes));
  const submit = submitDesk({
    roster,
    limits,
    receipts,
    meter,
    tell,
    onAbuse: (member) => sessions.close(member, 'abuse'),
    onSlow,
    nodes,
  });
  const fetches: FetchDesk = resources.use(
    new FetchDesk({
      roster,
      limits,
      unavailableMs: config.unavailable_after_ms,
      onAbuse: (member) => sessions.close(member, 'abuse'),
      tell,
      nodes,
    }),
  );
  const sessions: Sessions = resources.use(
    new Sessions({
      roster,
      presence,
      limits,
      receipts,
      submit,
      fetches,
      trust,
      verify,
      runId,
      tokenWarningMs: config.token_warning_ms,
      meter,
      tell,
      nodes,
    }),
  );

  let accepting = false;
  /** Clients come by TLS: to here, or to the proxy that brings it. */
  const secure = tls !== undefined || config.behind_proxy;
  const http = openServer(
    { tls, headMs: config.limits.hello_timeout_ms },
    routeListener(
      relayRoutes,
      {
        ...restHandlers({
          roster,
          registrations,
          trust,
          verify,
          publicUrl: config.public_url,
          secure,
          runId,
          waitingFor: () => (!accepting ? undefined : nodes && !nodes.isUp ? ['redis'] : []),
          nodes,
        }),
        ...describeHandlers({
          meter,
          process: ofProcess,
          members: () => roster.members(),
          accepting: () => accepting,
          receiptsPending: () => receipts.pending,
          nodes,
          secure,
          adminToken: config.admin_token,
        }),
      },
      {
        authorise: authoriseRelayUser({ trust, verify }),
        allowOrigin: () => false,
        bodyBytes: restBodyBytes,
        behindProxy: config.behind_proxy,
        limit: (address, { path }) => {
          if (path === relayRoutes.healthz.path || path === relayRoutes.readyz.path) return;
          const retryAfterMs = limits.payRequest(address, performance.now());
          if (retryAfterMs > 0) throw new Refused('limited', { retryAfterMs });
        },
        onFault,
      },
    ),
  );
  const doorkeeper = new Doorkeeper({
    most: config.limits.connections_per_address,
    behindProxy: config.behind_proxy,
  });
  const sockets = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    doorkeeper.connected(socket);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  const door: DoorOptions = {
    limits: config.limits,
    doorkeeper,
    turns: new FairTurns(),
    async admit(hello) {
      const began = performance.now();
      const admission = await identify(hello, {
        trust,
        verify,
        registrationOf: (user) => registrations.of(user, performance.now()),
      });
      meter.admitSeconds.observe((performance.now() - began) / 1000);
      return admission;
    },
    open: (identity, connection) => sessions.open(identity, connection),
    isBarred(user, address) {
      const isBarred = limits.offenders.isBarred(user, address, performance.now());
      if (isBarred) meter.refused.add('abuse' satisfies CloseWord);
      return isBarred;
    },
    onOffence(hello, address) {
      // Nobody is blamed for what another did in their name.
      door.admit(hello).then((admission) => {
        if (!admission.ok) return;
        limits.offenders.strike(admission.identity.user, address, performance.now());
      }, onFault);
    },
    onPong: (face, seconds) => meter.pingSeconds[face].observe(seconds),
    onRefused: (user, code) => {
      meter.refused.add(code);
      if (user) tell?.({ type: 'connection', user, state: 'refused', code });
      else tell?.({ type: 'note', level: 'warn', code, text: 'A connection was refused.' });
    },
    onFault,
  };
  const socketIo = socketIoFace(http, door);
  resources.use(plainFace(http, { ...door, needsToken: !trust.insecure }));
  resources.defer(async () => {
    accepting = false;
    await sessions.drain(config.drain_ms);
    for (const absent of roster.absents()) nodes?.letGo(absent);
    const ended = new Promise<void>((resolve) => http.close(() => resolve()));
    http.closeIdleConnections();
    // A client that has stopped would hold it up for as long as it likes.
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, goodbyeMs);
    await ended;
    clearTimeout(cut);
    await socketIo.close();
  });

  const { url, port } = await listen(http, {
    host: config.host,
    port: config.port,
    what: 'The relay',
    scheme: tls ? 'https' : 'http',
  });
  accepting = true;
  const owned = resources.move();
  return {
    url,
    port,
    caughtUp: async () => nodes?.caughtUp(),
    census: () => ({
      ...(nodes && { bus: nodes.counts }),
      links: [...roster.members()].map(({ connId, user, sent, received }) => ({
        connection: connId,
        user,
        sent,
        received,
      })),
      runnable: {
        receipts: receipts.pending,
        wakes: slow.size,
        fetches: fetches.pending,
        ...(nodes && { bus: nodes.runnable }),
      },
      parked: {},
      pages: [],
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
