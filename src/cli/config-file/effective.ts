import type { ConfigUser } from '../../config/project-config.ts';
import { Problem } from '../../problem.ts';
import type { BucketSettings } from '../../protocol/limits.ts';
import { type Topology, topology as topologySchema } from '../../protocol/topology.ts';
import { listed } from '../../scenario/nearest.ts';
import type { ScenarioPosition } from '../../scenario/scenario.ts';
import { chosenPorts, type Ports, usualPorts } from '../ports.ts';
import { parseUsers, usualFriends, usualUsers } from '../users.ts';
import { type Assigned, parseAssigned } from './assigned.ts';
import type { LoadedConfig } from './load-config.ts';
import { firstOf, type Setting, usual } from './setting.ts';

/** What a command line says; undefined and empty is what it does not say. */
export interface StackFlags {
  readonly users?: string | undefined;
  readonly ports?: string | undefined;
  readonly portBase?: string | undefined;
  readonly topology?: Topology | undefined;
  readonly relays?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly links?: boolean | undefined;
  readonly pages?: boolean | undefined;
  readonly backend?: readonly string[] | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Every setting of a stack, with where it comes from. */
export interface Effective {
  readonly users: Setting<readonly string[]>;
  /** Whom each user declares. */
  readonly friends: Setting<ReadonlyMap<string, readonly string[]>>;
  /** Undefined: the fixtures are dealt out. */
  readonly positions: Setting<readonly ScenarioPosition[] | undefined>;
  /** Whose backend is a command, as flags and environment say it: over what stands in the file. */
  readonly assigned: Assigned;
  /** The same with what the file says, for people. */
  readonly backends: Setting<Assigned>;
  readonly ports: Setting<Ports>;
  /** Undefined: that of the scenario file, or with a relay. */
  readonly topology: Setting<Topology | undefined>;
  /** Undefined: as many as the scenario file says, or one. */
  readonly nodes: Setting<number | undefined>;
  readonly graceMs: Setting<number | undefined>;
  readonly limits: Setting<Readonly<Record<string, BucketSettings>> | undefined>;
  readonly tls: Setting<boolean>;
  readonly links: Setting<boolean>;
  readonly pages: Setting<boolean>;
}

/**
 * What counts of flags, environment and file.
 * @throws Problem for a flag or a variable that says what cannot be
 */
export function effectiveSettings(flags: StackFlags, env: Environment, loaded?: LoadedConfig): Effective {
  const config = loaded?.config;
  const inFile = <T>(value: T, ...path: string[]): Setting<T> => {
    const line = config?.lineOf(...path);
    return { value, from: `${loaded?.shown ?? ''}${line === undefined ? '' : `:${line}`}` };
  };
  const given = (name: string): string | undefined => env[name] || undefined;
  const flag = <T>(value: T, name: string): Setting<T> => ({ value, from: name });
  const variable = <T>(name: string, read: (text: string) => T): Setting<T | undefined> => {
    const text = given(name);
    return { value: text === undefined ? undefined : read(text), from: name };
  };
  const onOff = (name: string) => variable(name, (text) => switchOf(name, text));

  const users = firstOf<readonly string[]>(
    [
      flag(flags.users === undefined ? undefined : parseUsers(flags.users), '--users'),
      variable('COLLAB_DEV_USERS', (text) => parseUsers(text, 'COLLAB_DEV_USERS')),
      inFile(
        config?.users?.map(({ name }) => name),
        'users',
      ),
    ],
    usualUsers,
  );
  const known = Object.keys(config?.backends ?? {});
  const said = [
    flag(parseAssigned(flags.backend ?? [], '--backend', known), '--backend'),
    variable('COLLAB_DEV_BACKEND', (text) => parseAssigned(text.split(','), 'COLLAB_DEV_BACKEND', known)),
  ];
  const ownBackends = ownBackendsOf(config?.users ?? [], users.value);
  return {
    users,
    friends: firstOf(
      [inFile(config?.friends && among(users.value, config.friends), 'friends')],
      config?.users ? everybody(users.value) : usualFriends(users.value),
    ),
    positions: firstOf<readonly ScenarioPosition[] | undefined>(
      [
        inFile(
          config?.positions?.filter(({ owner }) => users.value.includes(owner)),
          'positions',
        ),
      ],
      undefined,
    ),
    assigned: assignedFrom(said).value,
    backends: assignedFrom([...said, inFile(ownBackends, 'users')]),
    ports: firstOf<Ports>(
      [
        flag(chosenPorts(flags), flags.ports === undefined ? '--port-base' : '--ports'),
        {
          value: chosenPorts(
            { ports: given('COLLAB_DEV_PORTS'), portBase: given('COLLAB_DEV_PORT_BASE') },
            { ports: 'COLLAB_DEV_PORTS', portBase: 'COLLAB_DEV_PORT_BASE' },
          ),
          from: given('COLLAB_DEV_PORTS') === undefined ? 'COLLAB_DEV_PORT_BASE' : 'COLLAB_DEV_PORTS',
        },
        inFile(filePorts(config?.ports), 'ports'),
      ],
      usualPorts,
    ),
    topology: firstOf<Topology | undefined>(
      [
        flag(flags.topology, '--topology'),
        variable('COLLAB_DEV_TOPOLOGY', topologyNamed),
        inFile(config?.topology, 'topology'),
      ],
      undefined,
    ),
    nodes: firstOf<number | undefined>(
      [
        flag(flags.relays === undefined ? undefined : nodeCount('--relays', flags.relays), '--relays'),
        variable('COLLAB_DEV_RELAYS', (text) => nodeCount('COLLAB_DEV_RELAYS', text)),
        inFile(config?.relay.nodes, 'relay', 'nodes'),
      ],
      undefined,
    ),
    graceMs: firstOf<number | undefined>([inFile(config?.relay.graceMs, 'relay', 'grace')], undefined),
    limits: firstOf<Effective['limits']['value']>(
      [inFile(config?.relay.limits, 'relay', 'limits')],
      undefined,
    ),
    tls: firstOf(
      [
        flag(flags.tls, flags.tls === false ? '--no-tls' : '--tls'),
        onOff('COLLAB_DEV_TLS'),
        inFile(config?.tls, 'tls'),
      ],
      false,
    ),
    links: firstOf([flag(flags.links, '--no-links'), onOff('COLLAB_DEV_LINKS')], true),
    pages: firstOf([flag(flags.pages, '--no-pages'), onOff('COLLAB_DEV_PAGES')], true),
  };
}

/** Each user's own word counts for them: a flag about bob leaves alice as the file has her. */
function assignedFrom(said: readonly Setting<Assigned | undefined>[]): Setting<Assigned> {
  const all = said.filter(({ value }) => value && Object.keys(value).length > 0);
  const value = Object.fromEntries(all.toReversed().flatMap((one) => Object.entries(one.value ?? {})));
  return { value, from: all.length === 0 ? usual : listed(all.map(({ from }) => from)) };
}

function ownBackendsOf(settings: readonly ConfigUser[], users: readonly string[]): Assigned {
  const named = settings.filter(({ name, backend }) => backend && users.includes(name));
  return Object.fromEntries(named.map(({ name, backendName }) => [name, backendName ?? 'its own command']));
}

const among = (users: readonly string[], friends: ReadonlyMap<string, readonly string[]>) =>
  new Map(users.map((user) => [user, (friends.get(user) ?? []).filter((one) => users.includes(one))]));

const everybody = (users: readonly string[]) =>
  new Map(users.map((user) => [user, users.filter((other) => other !== user)]));

function filePorts(ports: LoadedConfig['config']['ports']): Ports | undefined {
  if (ports === undefined || ports === 'auto') return ports;
  return { relay: ports.relay, first_backend: ports.backends, first_page: ports.pages };
}

function topologyNamed(text: string): Topology {
  const parsed = topologySchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw badVariable('COLLAB_DEV_TOPOLOGY', text, `one of ${listed(topologySchema.options, 'or')}`);
}

function switchOf(name: string, text: string): boolean {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw badVariable(name, text, '1 or 0');
}

function nodeCount(said: string, given: string): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1 && count <= 9) return count;
  throw badRelays(said, given);
}

const badRelays = (said: string, given: string) =>
  new Problem({
    code: 'bad-relays',
    message: `${said} ${given} is not possible: a relay has 1 to 9 nodes.`,
    exit: 2,
  });

const badVariable = (name: string, text: string, wanted: string) =>
  new Problem({ code: 'bad-variable', message: `${name} is "${text}", and can only be ${wanted}.`, exit: 2 });
