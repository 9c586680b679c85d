import type { UserId } from '../protocol/ids.ts';
import type { Answer } from './child-process.ts';
import { originsAt, pageKey } from './pages-instance.ts';
import { backendHop, oneBackend, relayNames, topologyOf, urlAt } from './plan.ts';
import { noRelay, noUrl } from './problems.ts';
import type { StackConfig } from './stack.ts';

/** Where everything of a stack listens, as far as it is known. Ports stay over restarts. */
export interface Addresses {
  /** By the name of a process, the id of a hop, or the key of a page. */
  readonly ports: Map<string, number>;
  /** Throws the Problem `no-url` for what has not said yet where it listens. */
  urlOfKey(key: string): string;
  /** Throws the Problem `no-relay` where there is none. */
  relayUrl(): string;
  /** The public URL of a user's backend. */
  urlOf(user: UserId): string;
  /** Those of the others that are known. */
  peersOf(user: UserId): Record<UserId, string>;
  pageUrlOf(user: UserId): string | undefined;
  /** Origins of a user's page. */
  originsOf(user: UserId): string[];
}

export function addresses(config: StackConfig, tls: boolean): Addresses {
  const topology = topologyOf(config);
  const ports = new Map<string, number>();
  const frontends = new Map(config.users.map(({ name, frontend }) => [name, frontend]));
  /** A page that is not ours speaks without TLS, as servers for development do. */
  const isSecure = (user: UserId): boolean => tls && frontends.get(user) === undefined;
  const keyOf = (user: UserId): string => {
    const place = topology === 'single' ? oneBackend : user;
    return config.links ? backendHop(place) : place;
  };

  const portOfKey = (key: string): number => {
    const port = ports.get(key);
    if (port === undefined) throw noUrl(key);
    return port;
  };
  const urlOfKey = (key: string): string => urlAt(portOfKey(key), tls);
  return {
    ports,
    urlOfKey,
    relayUrl() {
      const [first] = relayNames(config);
      if (first === undefined) throw noRelay(topology);
      return urlOfKey(first);
    },
    urlOf: (user) => urlOfKey(keyOf(user)),
    peersOf: (user) =>
      Object.fromEntries(
        config.users.flatMap(({ name }) =>
          name === user || !ports.has(keyOf(name)) ? [] : [[name, urlOfKey(keyOf(name))]],
        ),
      ),
    pageUrlOf: (user) =>
      !config.pages || frontends.get(user) === 'off'
        ? undefined
        : urlAt(portOfKey(pageKey(user)), isSecure(user)),
    originsOf(user) {
      const port = ports.get(pageKey(user));
      return port === undefined ? [] : originsAt(port, isSecure(user));
    },
  };
}

/** The port in an answer of one that has been configured. */
export function portOf(name: string, answer: Answer): number {
  const url = answer.type === 'ready' ? answer.url : undefined;
  if (url === undefined) throw noUrl(name);
  return Number(new URL(url).port);
}
