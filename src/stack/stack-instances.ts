import type { UserId } from '../protocol/ids.ts';
import { addresses as addressesOf } from './addresses.ts';
import { backendInstance, singleInstance } from './backend-instances.ts';
import { foreignInstances } from './foreign-instances.ts';
import { type Ground, ownInstance, type StackParts } from './ground.ts';
import { controlLinks, type LinksControl } from './links-control.ts';
import type { ManagedInstance } from './managed-instance.ts';
import { ownPagesOf, pagesInstance } from './pages-instance.ts';
import { plannedHops, topologyOf } from './plan.ts';
import { relayInstances } from './relay-instances.ts';
import type { StackConfig } from './stack.ts';
import { startOrder } from './start-order.ts';

export interface StackInstances {
  /**
   * By name, in the order of a start: links, redis, relay nodes, pages, services and tasks, users, other pages; or links,
   * pages and the one backend.
   */
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

/** The processes of a stack and who has to know whose address. */
export function stackInstances(config: StackConfig, parts: StackParts): StackInstances {
  const topology = topologyOf(config);
  const names = config.users.map(({ name }) => name);
  const addresses = addressesOf(config, parts.tls !== undefined);
  const links = controlLinks(() => all.get('links'), {
    tell: parts.journal.tell,
    users: topology === 'single' ? [] : names,
    others: topology === 'relay' ? ['relay'] : ['everyone'],
    tls: parts.tls !== undefined,
  });
  const base = gate();
  const below = gate();
  const ground: Ground = { config, parts, addresses, links, base: base.promise };

  const linksInstance = (): ManagedInstance => {
    const hops = plannedHops(config);
    const { ports } = addresses;
    return ownInstance(ground, 'links', 'links', {
      waiting: names,
      settings: async () => ({ hops: hops.map((hop) => ({ ...hop, port: ports.get(hop.id) ?? hop.port })) }),
      async configured(answer) {
        const opened = answer.type === 'ready' ? (answer.ports ?? {}) : {};
        for (const [hop, port] of Object.entries(opened)) ports.set(hop, port);
        await links.repeat();
        return undefined;
      },
    });
  };

  const first = config.links ? [linksInstance()] : [];
  const relays = relayInstances(ground, below.promise);
  const redis = relays.redis ? [relays.redis] : [];
  const pages = ownPagesOf(config).length > 0 ? [pagesInstance(ground)] : [];
  const order = startOrder(config);
  const foreign = foreignInstances(ground, relays, order);
  const backends =
    topology === 'single'
      ? [singleInstance(ground)]
      : config.users.map((user) => foreign.backends.get(user.name) ?? backendInstance(ground, relays, user));
  const upper = [...foreign.helpers, ...backends, ...foreign.frontends];
  const all: ReadonlyMap<string, ManagedInstance> = new Map(
    [...first, ...redis, ...relays.nodes, ...pages, ...upper].map((one) => [one.name, one]),
  );

  return {
    all,
    links,
    relays: relays.nodes,
    relayUrl: addresses.relayUrl,
    urlOf: addresses.urlOf,
    pageUrlOf: addresses.pageUrlOf,
    async start(signal) {
      const failing = new AbortController();
      const any = AbortSignal.any([signal, failing.signal]);
      const started = (instances: readonly ManagedInstance[]) =>
        instances.map((one) => order.started(one.name, one.start(any)));
      await foreign.place();
      const met = started(redis);
      Promise.all(met).then(below.resolve, below.reject);
      const lower = [...met, ...started([...first, ...relays.nodes, ...pages])];
      Promise.all(lower).then(base.resolve, base.reject);
      const every = [...lower, ...started(upper)];
      // The first to fail ends the others' starts; it is the one to tell.
      const whole = Promise.all(every).catch((thrown: unknown) => {
        failing.abort(thrown);
        throw thrown;
      });
      await Promise.allSettled([whole, ...every]);
      await whole;
    },
    async stop() {
      await order.stop([...upper, ...pages]);
      await Promise.all(relays.nodes.map((one) => one.stop()));
      await Promise.all([...redis, ...first].map((one) => one.stop()));
    },
  };
}

/** A promise whose failure is told elsewhere, even where nobody has come as far as waiting for it. */
function gate(): PromiseWithResolvers<unknown> {
  const opened = Promise.withResolvers<unknown>();
  opened.promise.catch(() => {});
  return opened;
}
