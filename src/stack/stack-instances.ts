import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { UserId } from '../protocol/ids.ts';
import { balance } from './balance.ts';
import type { Answer } from './child-process.ts';
import type { Role } from './children.ts';
import { type Death, type InstanceOptions, type ManagedInstance, manageInstance } from './instance.ts';
import type { Issuer } from './issuer.ts';
import { controlLinks, type LinksControl } from './links-control.ts';
import { originsAt, pageKey, pageSessionFile, pagesSettings } from './pages-instance.ts';
import {
  backendHop,
  backendSettings,
  loopback,
  oneBackend,
  plannedHops,
  relayHop,
  relayNames,
  relaySettings,
  topologyOf,
  urlAt,
} from './plan.ts';
import type { ProcessPool } from './pool.ts';
import { noRelay, noUrl } from './problems.ts';
import { type RedisPlace, redisSource } from './redis.ts';
import type { Secrets } from './secrets.ts';
import { singleHop, singleSettings, toldOfAll } from './single-instance.ts';
import type { StackConfig, StackUserConfig } from './stack.ts';
import type { RunTls } from './tls/run-tls.ts';
import type { TokenFiles } from './token-files.ts';

export interface StackInstances {
  /** By name, in the order of a start: links, redis, relay nodes, pages, users; or links, pages and the one backend. */
  readonly all: ReadonlyMap<string, ManagedInstance>;
  readonly links: LinksControl;
  /** The nodes of the relay. */
  readonly relays: readonly ManagedInstance[];
  /** Starts everything; the relay and the links before any backend is told its settings. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends everything, each with what depends on it before it. */
  stop(): Promise<void>;
  /** Throws the Problem `no-relay` where there is none. */
  relayUrl(): string;
  urlOf(user: UserId): string;
  pageUrlOf(user: UserId): string | undefined;
}

export interface StackParts {
  readonly pool: ProcessPool;
  readonly journal: OpenJournal;
  readonly issuer: Issuer;
  readonly tokens: TokenFiles;
  /** What the users' pages are told, which the pages' host reads. */
  readonly sessions: TokenFiles;
  readonly secrets: Pick<Secrets, 'pathOf'>;
  /** Undefined: everything speaks without TLS. */
  readonly tls: RunTls | undefined;
  readonly startMs: number;
  readonly onDeath: (death: Death) => void;
  /** Where the nodes of the relay meet; undefined where there is only one. */
  readonly redis: { readonly place: RedisPlace; readonly config: () => Promise<string> } | undefined;
}

/** The processes of a stack and who has to know whose address. Ports stay over restarts. */
export function stackInstances(config: StackConfig, parts: StackParts): StackInstances {
  const { tls } = parts;
  const topology = topologyOf(config);
  const hops = plannedHops(config);
  const ports = new Map<string, number>();
  const names = config.users.map(({ name }) => name);
  const links = controlLinks(() => all.get('links'), {
    tell: parts.journal.tell,
    users: topology === 'single' ? [] : names,
    others: topology === 'relay' ? ['relay'] : ['everyone'],
    tls: tls !== undefined,
  });
  /** What backends wait for before they are told their settings. */
  let base: Promise<unknown> = Promise.resolve();

  const urlOfKey = (key: string): string => {
    const port = ports.get(key);
    if (port === undefined) throw noUrl(key);
    return urlAt(port, tls !== undefined);
  };
  const relayUrl = () => {
    const [first] = relayNames(config);
    if (first === undefined) throw noRelay(topology);
    return urlOfKey(first);
  };
  const urlOf = (user: UserId) => {
    const place = topology === 'single' ? oneBackend : user;
    return urlOfKey(config.links ? backendHop(place) : place);
  };

  const originsOfPage = (user: UserId): string[] => {
    const port = ports.get(pageKey(user));
    return port === undefined ? [] : originsAt(port, tls !== undefined);
  };
  const pageUrlOf = (user: UserId) => (config.pages ? urlOfKey(pageKey(user)) : undefined);

  const { pool, journal, startMs, onDeath } = parts;
  const authorities = tls?.authorities;
  const shared = { runId: config.runId, runFolder: config.folder, authorities, journal, startMs, onDeath };
  const instance = (
    name: string,
    role: Role,
    special: Pick<InstanceOptions, 'settings' | 'configured' | 'mayWait' | 'waiting'> &
      Partial<Pick<InstanceOptions, 'journal' | 'onChange'>>,
  ): ManagedInstance => {
    const processes = { lease: (log: string) => pool.lease(role, log), giveBack: pool.giveBack };
    return manageInstance({ ...shared, name, role, processes, ...special });
  };

  const linksInstance = (): ManagedInstance =>
    instance('links', 'links', {
      mayWait: undefined,
      waiting: names,
      settings: async () => ({ hops: hops.map((hop) => ({ ...hop, port: ports.get(hop.id) ?? hop.port })) }),
      async configured(answer) {
        const opened = answer.type === 'ready' ? (answer.ports ?? {}) : {};
        for (const [hop, port] of Object.entries(opened)) ports.set(hop, port);
        await links.repeat();
        return undefined;
      },
    });

  const redisInstance = ({ place, config: file }: NonNullable<StackParts['redis']>): ManagedInstance =>
    manageInstance({
      ...shared,
      name: 'redis',
      role: 'redis',
      tells: false,
      processes: redisSource(place, file),
      mayWait: undefined,
      waiting: relayNames(config),
      settings: async () => ({}),
      configured: async () => place.shownUrl,
    });
  const redis = parts.redis && redisInstance(parts.redis);
  /** What relay nodes wait for before they are told their settings. */
  let below: Promise<unknown> = Promise.resolve();
  const busKey = randomBytes(32).toString('base64url');
  const bus = parts.redis && { url: parts.redis.place.url, key: busKey };

  const lead = async (user: UserId): Promise<void> => {
    const port = ports.get(pins.of(user));
    if (config.links && port !== undefined) await links.lead({ hop: relayHop(user), host: loopback, port });
  };

  const relayInstance = (name: string, index: number): ManagedInstance =>
    instance(name, 'relay', {
      // Without its bus a node still serves its own users.
      mayWait: () => redis !== undefined && redis.state.id !== 'ready',
      waiting: names,
      async settings() {
        await below;
        return relaySettings(config, {
          trust: parts.issuer.trust,
          index,
          port: ports.get(name),
          tls: await tls?.filesFor(name),
          bus,
        });
      },
      async configured(answer) {
        ports.set(name, portOf(name, answer));
        await Promise.all(pins.usersOf(name).map(lead));
        return urlOfKey(name);
      },
      async onChange() {
        // One that is about to start takes back whom it had, if nobody else could have them.
        if (relays.length > 1) await Promise.all(pins.moveOn().map(lead));
      },
    });
  const relays = relayNames(config).map(relayInstance);
  const pins = balance(names, relays);

  const pagesInstance = (): ManagedInstance =>
    instance('pages', 'pages', {
      mayWait: undefined,
      // Backends admit the origins of the pages.
      waiting: names,
      settings: async () =>
        pagesSettings(config, {
          ports,
          tls: await tls?.filesFor('pages'),
          sessionFileOf: (user) => parts.secrets.pathOf(pageSessionFile(user)),
        }),
      async configured(answer) {
        const opened = answer.type === 'ready' ? (answer.ports ?? {}) : {};
        for (const user of names) {
          const port = opened[user];
          if (port === undefined) throw noUrl(pageKey(user));
          ports.set(pageKey(user), port);
        }
        return names[0] && pageUrlOf(names[0]);
      },
    });

  const backendInstance = (user: StackUserConfig): ManagedInstance =>
    instance(user.name, 'backend', {
      // A backend that cannot reach the relay because of us is as ready as it can be.
      mayWait: () =>
        relays.every(({ state }) => state.id !== 'ready') || links.isDisturbed(user.name, 'relay'),
      waiting: [],
      async settings() {
        await base;
        return backendSettings(config, user, {
          trust: parts.issuer.trust,
          tls: await tls?.filesFor(user.name),
          authoritiesFile: tls?.authoritiesFile,
          ...(topology === 'relay'
            ? {
                tokenFile: await parts.tokens.fileFor(user.name),
                collabUrl: urlOfKey(config.links ? relayHop(user.name) : pins.of(user.name)),
              }
            : { tokenFile: undefined, peers: peersOf(user.name) }),
          publicUrl: config.links ? urlOf(user.name) : undefined,
          pageOrigins: originsOfPage(user.name),
          dataDir: join(config.folder, 'data', user.name),
          port: config.links ? undefined : ports.get(user.name),
        });
      },
      async configured(answer) {
        const port = portOf(user.name, answer);
        ports.set(user.name, port);
        if (config.links) await links.lead({ hop: backendHop(user.name), host: loopback, port });
        if (config.pages) await parts.sessions.fileFor(user.name);
        return urlOf(user.name);
      },
    });

  const peersOf = (user: UserId): Record<UserId, string> =>
    Object.fromEntries(names.flatMap((other) => (other === user ? [] : [[other, urlOf(other)]])));

  const singleInstance = (): ManagedInstance =>
    instance(oneBackend, 'backend', {
      journal: toldOfAll(parts.journal, names),
      mayWait: () => false,
      waiting: [],
      async settings() {
        await base;
        return singleSettings(config, {
          trust: parts.issuer.trust,
          publicUrl: config.links ? urlOfKey(singleHop) : undefined,
          port: config.links ? undefined : ports.get(oneBackend),
          tls: await tls?.filesFor(oneBackend),
          pageOrigins: names.flatMap(originsOfPage),
        });
      },
      async configured(answer) {
        const port = portOf(oneBackend, answer);
        ports.set(oneBackend, port);
        if (config.links) await links.lead({ hop: singleHop, host: loopback, port });
        if (config.pages) await Promise.all(names.map((name) => parts.sessions.fileFor(name)));
        return config.links ? urlOfKey(singleHop) : urlOfKey(oneBackend);
      },
    });

  const first = config.links ? [linksInstance()] : [];
  const pages = config.pages ? [pagesInstance()] : [];
  const backends = topology === 'single' ? [singleInstance()] : config.users.map(backendInstance);
  const all: ReadonlyMap<string, ManagedInstance> = new Map(
    [...first, ...(redis ? [redis] : []), ...relays, ...pages, ...backends].map((one) => [one.name, one]),
  );

  return {
    all,
    links,
    relays,
    relayUrl,
    urlOf,
    pageUrlOf,
    async start(signal) {
      const failing = new AbortController();
      const any = AbortSignal.any([signal, failing.signal]);
      const met = redis ? [redis.start(any)] : [];
      below = Promise.all(met);
      below.catch(() => {});
      const lower = [...met, ...[...first, ...relays, ...pages].map((one) => one.start(any))];
      base = Promise.all(lower);
      // Told by the starts themselves, even where no backend has come as far as waiting for it.
      base.catch(() => {});
      const started = [...lower, ...backends.map((one) => one.start(any))];
      // The first to fail ends the others' starts; it is the one to tell.
      const whole = Promise.all(started).catch((thrown: unknown) => {
        failing.abort(thrown);
        throw thrown;
      });
      await Promise.allSettled([whole, ...started]);
      await whole;
    },
    async stop() {
      await Promise.all([...backends, ...pages].map((one) => one.stop()));
      await Promise.all(relays.map((one) => one.stop()));
      await Promise.all([redis?.stop(), all.get('links')?.stop()]);
    },
  };
}

function portOf(name: string, answer: Answer): number {
  const url = answer.type === 'ready' ? answer.url : undefined;
  if (url === undefined) throw noUrl(name);
  return Number(new URL(url).port);
}
