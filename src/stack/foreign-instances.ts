import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UserId } from '../protocol/ids.ts';
import { backendAudience } from '../protocol/tokens.ts';
import { askCensus } from './ask-census.ts';
import { collabKey, mayWaitForRelay } from './backend-instances.ts';
import { choosePort } from './choose-port.ts';
import type { ForeignCommand } from './foreign-command.ts';
import { backendEnvironment, type Environment, frontendEnvironment } from './foreign-environment.ts';
import { foreignInstance } from './foreign-instance.ts';
import { commandsOf, frontendName } from './foreign-plan.ts';
import { noFolder } from './foreign-problems.ts';
import type { Ground } from './ground.ts';
import type { ManagedInstance } from './managed-instance.ts';
import { pageKey } from './pages-instance.ts';
import { backendHop, loopback, pagePort, publicPort, quickTiming, topologyOf, urlAt } from './plan.ts';
import type { RelayInstances } from './relay-instances.ts';
import type { StackUserConfig } from './stack.ts';
import type { StartOrder } from './start-order.ts';

export interface ForeignInstances {
  /** In a user's place, by user. */
  readonly backends: ReadonlyMap<UserId, ManagedInstance>;
  readonly frontends: readonly ManagedInstance[];
  /** Services and tasks. */
  readonly helpers: readonly ManagedInstance[];
  /** Chooses all their ports, which stay over restarts. Rejects with the Problem `no-folder` or `no-free-port`. */
  place(): Promise<void>;
}

/** How long a token is good for by which a backend is asked for its census, in seconds. */
const censusTokenSeconds = 60;

/** The commands of a stack. */
export function foreignInstances(
  ground: Ground,
  relays: RelayInstances,
  order: StartOrder,
): ForeignInstances {
  const { config, parts, addresses, links } = ground;
  const { ports } = addresses;
  const { services = {}, tasks = {} } = config;
  const wiring = { ground, order, services: Object.keys(services) };

  const backend = (user: StackUserConfig, command: ForeignCommand): ManagedInstance => {
    const ownUrl = () => urlAt(ports.get(user.name) ?? 0, parts.tls !== undefined);
    return foreignInstance(wiring, {
      name: user.name,
      role: 'backend',
      command,
      probe: command.ready ?? { tcp: true, withinMs: parts.startMs },
      mayWait: mayWaitForRelay(ground, relays, user.name),
      url: ownUrl,
      async environment() {
        await ground.base;
        return environmentOf(user);
      },
      async census() {
        const token = await parts.issuer.tokenFor(user.name, backendAudience(user.name), censusTokenSeconds);
        return askCensus(ownUrl(), token, parts.tls?.authorities);
      },
      async placed() {
        const port = ports.get(user.name) ?? 0;
        if (config.links) await links.lead({ hop: backendHop(user.name), host: loopback, port });
        if (config.pages) await parts.sessions.fileFor(user.name);
        return addresses.urlOf(user.name);
      },
    });
  };

  async function environmentOf(user: StackUserConfig): Promise<Environment> {
    const { name } = user;
    const hasRelay = topologyOf(config) === 'relay';
    const file = hasRelay ? await parts.tokens.fileFor(name) : undefined;
    const dataDir = join(config.folder, 'data', name);
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return backendEnvironment(user, {
      collabUrl: hasRelay ? addresses.urlOfKey(collabKey(ground, relays, user)) : undefined,
      token: file === undefined ? undefined : { file, text: (await readFile(file, 'utf8')).trim() },
      dataDir,
      publicUrl: addresses.urlOf(name),
      peers: addresses.peersOf(name),
      jwks: parts.issuer.trust.jwks,
      pageOrigins: [...(user.pageOrigins ?? []), ...addresses.originsOf(name)],
      tls: await parts.tls?.filesFor(name),
      timing: { ...quickTiming, ...config.timing },
    });
  }

  const frontend = (user: StackUserConfig, command: ForeignCommand): ManagedInstance =>
    foreignInstance(wiring, {
      name: frontendName(user.name),
      role: 'frontend',
      command,
      probe: command.ready ?? { tcp: true, withinMs: parts.startMs },
      url: () => urlAt(ports.get(pageKey(user.name)) ?? 0, false),
      async environment() {
        await ground.base;
        return frontendEnvironment(user, addresses.urlOf(user.name), await parts.sessions.fileFor(user.name));
      },
    });

  const helper =
    (role: 'service' | 'task') =>
    ([name, command]: readonly [string, ForeignCommand]): ManagedInstance =>
      foreignInstance(wiring, {
        name,
        role,
        command,
        probe: command.ready,
        url: () => urlAt(ports.get(name) ?? 0, false),
        async environment() {
          const dataDir = join(config.folder, 'services', name);
          await mkdir(dataDir, { recursive: true, mode: 0o700 });
          return { DATA_DIR: dataDir };
        },
      });

  return {
    backends: new Map(
      config.users.flatMap((user) => (user.backend ? [[user.name, backend(user, user.backend)]] : [])),
    ),
    frontends: config.users.flatMap((user) =>
      config.pages && typeof user.frontend === 'object' ? [frontend(user, user.frontend)] : [],
    ),
    helpers: [
      ...Object.entries(services).map(helper('service')),
      ...Object.entries(tasks).map(helper('task')),
    ],
    async place() {
      for (const [name, { cwd }] of commandsOf(config)) await checkFolder(name, cwd);
      const taken = new Set<number>();
      const choose = async (key: string, wanted: number): Promise<void> => {
        const port = wanted === 0 ? await choosePort(loopback, taken, key) : wanted;
        taken.add(port);
        ports.set(key, port);
      };
      for (const [index, { name, backend, frontend }] of config.users.entries()) {
        if (backend) await choose(name, config.links ? 0 : publicPort(config, index));
        if (config.pages && typeof frontend === 'object')
          await choose(pageKey(name), pagePort(config, index));
      }
      for (const name of Object.keys({ ...services, ...tasks })) await choose(name, 0);
    },
  };
}

async function checkFolder(name: string, cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (!found?.isDirectory()) throw noFolder(name, cwd);
}
