import { randomBytes } from 'node:crypto';
import type { UserId } from '../protocol/ids.ts';
import { portOf } from './addresses.ts';
import { type Balance, balance } from './balance.ts';
import { choosePort } from './choose-port.ts';
import { type Ground, ownInstance, sharedOptions } from './ground.ts';
import { manageInstance } from './instance.ts';
import type { ManagedInstance } from './managed-instance.ts';
import { loopback, relayHop, relayNames, relaySettings } from './plan.ts';
import { redisSource, untilAnswering } from './redis.ts';

export interface RelayInstances {
  /** What is between the nodes, where there are several. */
  readonly redis: ManagedInstance | undefined;
  readonly nodes: readonly ManagedInstance[];
  /** Which node a user's link leads to. */
  readonly pins: Balance;
}

/** The nodes of the relay. `below` resolves when Redis runs. */
export function relayInstances(ground: Ground, below: Promise<unknown>): RelayInstances {
  const { config, parts, addresses, links } = ground;
  const { ports } = addresses;
  const names = config.users.map(({ name }) => name);

  const redisInstance = ({ place, config: file }: NonNullable<typeof parts.redis>): ManagedInstance =>
    manageInstance({
      ...sharedOptions(ground),
      name: 'redis',
      role: 'redis',
      tells: false,
      processes: redisSource(place, file),
      untilReady: (attempt) => untilAnswering(place, attempt),
      waiting: relayNames(config),
      settings: async () => ({}),
      configured: async () => place.shownUrl,
    });
  const redis = parts.redis && redisInstance(parts.redis);
  const busKey = randomBytes(32).toString('base64url');
  const bus = parts.redis && { url: parts.redis.place.url, key: busKey };

  const taken = new Set<number>();
  /** The same over all lives of a node, so it must be one that nobody else is given by chance while the node is down. */
  const choose = async (name: string): Promise<number> => {
    const port = await choosePort(loopback, taken, name);
    taken.add(port);
    return port;
  };

  const lead = async (user: UserId): Promise<void> => {
    const port = ports.get(pins.of(user));
    if (config.links && port !== undefined) await links.lead({ hop: relayHop(user), host: loopback, port });
  };

  const node = (name: string, index: number): ManagedInstance =>
    ownInstance(ground, name, 'relay', {
      // Without its bus a node still serves its own users.
      mayWait: () => redis !== undefined && redis.state.id !== 'ready',
      waiting: names,
      async settings() {
        await below;
        return relaySettings(config, {
          trust: parts.issuer.trust,
          index,
          port: ports.get(name) ?? (config.ports === 'auto' ? await choose(name) : undefined),
          tls: await parts.tls?.filesFor(name),
          bus,
        });
      },
      async configured(answer) {
        ports.set(name, portOf(name, answer));
        await Promise.all(pins.usersOf(name).map(lead));
        return addresses.urlOfKey(name);
      },
      async onChange() {
        // One that is about to start takes back whom it had, if nobody else could have them.
        if (nodes.length > 1) await Promise.all(pins.moveOn().map(lead));
      },
    });
  const nodes = relayNames(config).map(node);
  const pins = balance(names, nodes);
  return { redis, nodes, pins };
}
