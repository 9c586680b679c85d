import { join } from 'node:path';
import { portOf } from './addresses.ts';
import { type Ground, ownInstance } from './ground.ts';
import type { ManagedInstance } from './managed-instance.ts';
import { backendHop, backendSettings, loopback, oneBackend, relayHop, topologyOf } from './plan.ts';
import type { RelayInstances } from './relay-instances.ts';
import { singleHop, singleSettings, toldOfAll } from './single-instance.ts';
import type { StackUserConfig } from './stack.ts';

/** A backend that cannot reach the relay because of us is as ready as it can be. */
export const mayWaitForRelay =
  ({ links }: Ground, { nodes }: RelayInstances, user: string) =>
  (): boolean =>
    nodes.every(({ state }) => state.id !== 'ready') || links.isDisturbed(user, 'relay');

/** The key of the address at which a user's backend reaches the relay. */
export const collabKey = ({ config }: Ground, { pins }: RelayInstances, user: StackUserConfig): string =>
  config.links ? relayHop(user.name) : pins.of(user.name);

/** A simulated user's backend. */
export function backendInstance(
  ground: Ground,
  relays: RelayInstances,
  user: StackUserConfig,
): ManagedInstance {
  const { config, parts, addresses, links } = ground;
  const { ports, urlOf, urlOfKey, peersOf, originsOf } = addresses;
  return ownInstance(ground, user.name, 'backend', {
    mayWait: mayWaitForRelay(ground, relays, user.name),
    waiting: [],
    async settings() {
      await ground.base;
      return backendSettings(config, user, {
        trust: parts.issuer.trust,
        tls: await parts.tls?.filesFor(user.name),
        authoritiesFile: parts.tls?.authoritiesFile,
        ...(topologyOf(config) === 'relay'
          ? {
              tokenFile: await parts.tokens.fileFor(user.name),
              collabUrl: urlOfKey(collabKey(ground, relays, user)),
            }
          : { tokenFile: undefined, peers: peersOf(user.name) }),
        publicUrl: config.links ? urlOf(user.name) : undefined,
        pageOrigins: originsOf(user.name),
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
}

/** The one process of all users. */
export function singleInstance(ground: Ground): ManagedInstance {
  const { config, parts, addresses, links } = ground;
  const { ports, urlOfKey } = addresses;
  const names = config.users.map(({ name }) => name);
  return ownInstance(ground, oneBackend, 'backend', {
    journal: toldOfAll(parts.journal, names),
    mayWait: () => false,
    waiting: [],
    async settings() {
      await ground.base;
      return singleSettings(config, {
        trust: parts.issuer.trust,
        publicUrl: config.links ? urlOfKey(singleHop) : undefined,
        port: config.links ? undefined : ports.get(oneBackend),
        tls: await parts.tls?.filesFor(oneBackend),
        pageOrigins: names.flatMap(addresses.originsOf),
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
}
