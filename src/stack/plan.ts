import type { z } from 'zod';
import type { backendConfig } from '../protocol/backend-config.ts';
import type { UserId } from '../protocol/ids.ts';
import { relayLimits } from '../protocol/limits.ts';
import type { HopConfig } from '../protocol/links-config.ts';
import type { relayConfig } from '../protocol/relay-config.ts';
import type { TlsFiles } from '../protocol/tls-files.ts';
import type { Trust } from '../protocol/tokens.ts';
import type { Topology } from '../protocol/topology.ts';
import type { WantedPort } from './ports.ts';
import { reservedName, twice } from './problems.ts';
import type { StackConfig, StackUserConfig } from './stack.ts';

/** Everything of a stack listens here. */
export const loopback = '127.0.0.1';

export const urlAt = (port: number, tls: boolean): string =>
  `${tls ? 'https' : 'http'}://${loopback}:${port}`;

/** The hop that a user's backend dials instead of the relay. */
export const relayHop = (user: UserId): string => `${user}>relay`;

/** The hop that everybody dials instead of a user's backend. */
export const backendHop = (user: string): string => `>${user}`;

/** The one process of the single topology. */
export const oneBackend = 'backend';

export const topologyOf = ({ topology = 'relay' }: StackConfig): Topology => topology;

const reserved: readonly string[] = ['relay', 'redis', 'links', 'pages', 'stack'];

/** Whether a part of the stack has that name, or may have it. */
export const isReserved = (name: string): boolean => reserved.includes(name) || /^relay\.\d+$/.test(name);

/** The names of the relay's nodes: `relay`, or `relay.1`, `relay.2` … where there are several; none without a relay. */
export function relayNames({
  topology = 'relay',
  relays = 1,
}: Pick<StackConfig, 'topology' | 'relays'>): string[] {
  if (topology !== 'relay') return [];
  return relays === 1 ? ['relay'] : Array.from({ length: relays }, (_, index) => `relay.${index + 1}`);
}

/** Throws a Problem for users that cannot be told apart from one another or from the rest of the stack. */
export function checkUsers({ users, ...config }: StackConfig): void {
  const seen = new Set<string>();
  const isSingle = topologyOf({ users, ...config }) === 'single';
  for (const { name } of users) {
    if (isReserved(name) || (isSingle && name === oneBackend)) throw reservedName(name);
    if (seen.has(name)) throw twice(name);
    seen.add(name);
  }
}

/** The port on which others reach the `index`-th user's backend; 0: any. */
export const publicPort = ({ ports }: StackConfig, index: number): number =>
  ports === 'auto' ? 0 : ports.firstBackend + index;

const relayPort = ({ ports }: StackConfig, index: number): number =>
  ports === 'auto' ? 0 : ports.relay + index;

/** The port of the `index`-th user's page; 0: any. */
export const pagePort = ({ ports }: StackConfig, index: number): number =>
  ports === 'auto' || ports.firstPage === undefined ? 0 : ports.firstPage + index;

/** What a stack will listen on, for everybody who asks before anything is started. */
export function wantedPorts(config: StackConfig): WantedPort[] {
  const topology = topologyOf(config);
  const pages = (config.pages ? config.users : []).flatMap(({ name, frontend }, index) =>
    frontend === 'off' ? [] : [{ port: pagePort(config, index), what: `${name}'s page` }],
  );
  if (topology === 'single') {
    return [{ port: publicPort(config, 0), what: 'the backend of all users' }, ...pages];
  }
  return [
    ...relayNames(config).map((name, index) => ({
      port: relayPort(config, index),
      what: name === 'relay' ? 'the relay' : name,
    })),
    ...config.users.map(({ name }, index) => ({
      port: publicPort(config, index),
      what: `${name}'s backend`,
    })),
    ...pages,
  ];
}

/**
 * The hops of a stack: in front of the relay one a user, in front of each backend one. Without a relay those in front of
 * the backends are all there is between users, and in front of the one backend there are only its pages.
 */
export function plannedHops(config: StackConfig): HopConfig[] {
  if (!config.links) return [];
  const topology = topologyOf(config);
  if (topology === 'single') {
    return [
      { id: backendHop(oneBackend), listener: oneBackend, host: loopback, port: publicPort(config, 0) },
    ];
  }
  return config.users.flatMap(({ name }, index) => [
    ...(topology === 'relay'
      ? [{ id: relayHop(name), listener: 'relay', dialler: name, host: loopback, port: 0 }]
      : []),
    { id: backendHop(name), listener: name, host: loopback, port: publicPort(config, index) },
  ]);
}

interface Place {
  readonly trust: Trust;
  /** Of an earlier start, where it has to be kept. */
  readonly port: number | undefined;
  /** Undefined: without TLS. */
  readonly tls: TlsFiles | undefined;
}

export interface RelayPlace extends Place {
  /** Which of the nodes it is, from 0. */
  readonly index: number;
  /** What joins it to the other nodes. */
  readonly bus: { readonly url: string; readonly key: string } | undefined;
}

/** A node that was killed says nothing, so the others look for its users this often. */
const verifyMs = 1000;

export function relaySettings(
  config: StackConfig,
  { trust, index, port, tls, bus }: RelayPlace,
): z.input<typeof relayConfig> {
  return {
    host: loopback,
    port: port ?? relayPort(config, index),
    ...(bus && { redis: { url: bus.url }, bus_key: bus.key, bus_verify_ms: verifyMs }),
    trust,
    ...(tls && { tls }),
    run_id: config.runId,
    grace_ms: config.graceMs,
    limits: relayLimits.parse(config.limits ?? {}),
  };
}

/** A stack on one machine comes back at once; the defaults are for backends that are spread over the net. */
export const quickTiming = {
  reconnect_min_ms: 50,
  reconnect_max_ms: 1000,
  fetch_retry_min_ms: 100,
  fetch_retry_max_ms: 2000,
};

export interface BackendPlace extends Place {
  readonly tokenFile: string | undefined;
  /** The relay, or the hop in front of it; without it, the backends of the others. */
  readonly collabUrl?: string | undefined;
  readonly peers?: Readonly<Record<UserId, string>> | undefined;
  /** Undefined: it is its own public face. */
  readonly publicUrl: string | undefined;
  readonly dataDir: string;
  /** Origins of the user's page, where the stack has one. */
  readonly pageOrigins: readonly string[];
  /** By whom it knows the others. */
  readonly authoritiesFile: string | undefined;
}

export function backendSettings(
  config: StackConfig,
  user: StackUserConfig,
  place: BackendPlace,
): z.input<typeof backendConfig> {
  const ownPort = config.links ? 0 : publicPort(config, config.users.indexOf(user));
  return {
    user_id: user.name,
    display_name: user.displayName,
    host: loopback,
    port: place.port ?? ownPort,
    ...(place.publicUrl && { public_url: place.publicUrl }),
    ...(place.collabUrl && { collab_url: place.collabUrl }),
    ...(place.peers && { peers: place.peers }),
    ...(place.tokenFile && { token_file: place.tokenFile }),
    friends: [...user.friends],
    data_dir: place.dataDir,
    owner_trust: place.trust,
    ...(place.tls && { tls: place.tls }),
    ...(place.authoritiesFile !== undefined && { ca_file: place.authoritiesFile }),
    page_origins: [...(user.pageOrigins ?? []), ...place.pageOrigins],
    allow_private: true,
    acks: user.acks,
    run_id: config.runId,
    timing: { ...quickTiming, ...config.timing },
  };
}
