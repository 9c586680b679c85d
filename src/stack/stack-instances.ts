import { join } from 'node:path';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Answer } from './child-process.ts';
import type { Role } from './children.ts';
import { type Death, type InstanceOptions, type ManagedInstance, manageInstance } from './instance.ts';
import type { Issuer } from './issuer.ts';
import { controlLinks, type LinksControl } from './links-control.ts';
import {
  backendHop,
  backendSettings,
  loopback,
  oneBackend,
  plannedHops,
  relayHop,
  relaySettings,
  topologyOf,
  urlAt,
} from './plan.ts';
import type { ProcessPool } from './pool.ts';
import { noRelay, noUrl } from './problems.ts';
import { singleHop, singleSettings, toldOfAll } from './single-instance.ts';
import type { StackConfig, StackUserConfig } from './stack.ts';
import type { RunTls } from './tls/run-tls.ts';
import type { TokenFiles } from './token-files.ts';

export interface StackInstances {
  /** By name, in the order of a start: links, relay, users; or links and the one backend. */
  readonly all: ReadonlyMap<string, ManagedInstance>;
  readonly links: LinksControl;
  /** Starts everything; the relay and the links before any backend is told its settings. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends everything, each with what depends on it before it. */
  stop(): Promise<void>;
  /** Throws the Problem `no-relay` where there is none. */
  relayUrl(): string;
  urlOf(user: UserId): string;
}

export interface StackParts {
  readonly pool: ProcessPool;
  readonly journal: OpenJournal;
  readonly issuer: Issuer;
  readonly tokens: TokenFiles;
  /** Undefined: everything speaks without TLS. */
  readonly tls: RunTls | undefined;
  readonly startMs: number;
  readonly onDeath: (death: Death) => void;
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
    if (topology !== 'relay') throw noRelay(topology);
    return urlOfKey('relay');
  };
  const urlOf = (user: UserId) => {
    const place = topology === 'single' ? oneBackend : user;
    return urlOfKey(config.links ? backendHop(place) : place);
  };

  const instance = (
    name: string,
    role: Role,
    special: Pick<InstanceOptions, 'settings' | 'configured' | 'mayWait' | 'waiting'> &
      Partial<Pick<InstanceOptions, 'journal'>>,
  ): ManagedInstance =>
    manageInstance({
      name,
      role,
      runId: config.runId,
      runFolder: config.folder,
      authorities: tls?.authorities,
      ...parts,
      ...special,
    });

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

  const relayInstance = (): ManagedInstance =>
    instance('relay', 'relay', {
      mayWait: () => false,
      waiting: names,
      settings: async () =>
        relaySettings(config, {
          trust: parts.issuer.trust,
          port: ports.get('relay'),
          tls: await tls?.filesFor('relay'),
        }),
      async configured(answer) {
        const port = portOf('relay', answer);
        ports.set('relay', port);
        if (config.links) {
          await Promise.all(names.map((name) => links.lead({ hop: relayHop(name), host: loopback, port })));
        }
        return relayUrl();
      },
    });

  const backendInstance = (user: StackUserConfig): ManagedInstance =>
    instance(user.name, 'backend', {
      // A backend that cannot reach the relay because of us is as ready as it can be.
      mayWait: () => all.get('relay')?.state.id !== 'ready' || links.isDisturbed(user.name, 'relay'),
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
                collabUrl: config.links ? urlOfKey(relayHop(user.name)) : relayUrl(),
              }
            : { tokenFile: undefined, peers: peersOf(user.name) }),
          publicUrl: config.links ? urlOf(user.name) : undefined,
          dataDir: join(config.folder, 'data', user.name),
          port: config.links ? undefined : ports.get(user.name),
        });
      },
      async configured(answer) {
        const port = portOf(user.name, answer);
        ports.set(user.name, port);
        if (config.links) await links.lead({ hop: backendHop(user.name), host: loopback, port });
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
        });
      },
      async configured(answer) {
        const port = portOf(oneBackend, answer);
        ports.set(oneBackend, port);
        if (config.links) await links.lead({ hop: singleHop, host: loopback, port });
        return config.links ? urlOfKey(singleHop) : urlOfKey(oneBackend);
      },
    });

  const below = [
    ...(config.links ? [linksInstance()] : []),
    ...(topology === 'relay' ? [relayInstance()] : []),
  ];
  const backends = topology === 'single' ? [singleInstance()] : config.users.map(backendInstance);
  const all: ReadonlyMap<string, ManagedInstance> = new Map(
    [...below, ...backends].map((one) => [one.name, one]),
  );

  return {
    all,
    links,
    relayUrl,
    urlOf,
    async start(signal) {
      const failing = new AbortController();
      const any = AbortSignal.any([signal, failing.signal]);
      const lower = below.map((one) => one.start(any));
      base = Promise.all(lower);
      // Told by the starts themselves, even where no backend has come as far as waiting for it.
      base.catch(() => {});
      const started = [...lower, ...backends.map((one) => one.start(any))];
      // The first to fail ends the others' starts; it is the one to tell.
      const first = Promise.all(started).catch((thrown: unknown) => {
        failing.abort(thrown);
        throw thrown;
      });
      await Promise.allSettled([first, ...started]);
      await first;
    },
    async stop() {
      await Promise.all(backends.map((one) => one.stop()));
      await all.get('relay')?.stop();
      await all.get('links')?.stop();
    },
  };
}

function portOf(name: string, answer: Answer): number {
  const url = answer.type === 'ready' ? answer.url : undefined;
  if (url === undefined) throw noUrl(name);
  return Number(new URL(url).port);
}
