import { userId } from '../protocol/ids.ts';
import type { Topology } from '../protocol/topology.ts';
import type { ForeignCommand } from '../stack/foreign-command.ts';
import type { StackConfig } from '../stack/stack.ts';
import type { Scenario, ScenarioUser } from './scenario.ts';

/** The topology in which a scenario is played: that of its file, else the wanted one, else with a relay. */
export const topologyFor = (scenario: Pick<Scenario, 'topology'>, wanted?: Topology): Topology =>
  scenario.topology ?? wanted ?? 'relay';

/** The word for the backend that comes with us, where a name of a command could stand. */
export const simulated = 'simulated';

/** The user's own commands, by name, and whose place some of them take whatever a file says. */
export interface StackCommands {
  readonly backends: Readonly<Record<string, ForeignCommand>>;
  /** By user: a name of `backends`, or "simulated". */
  readonly assigned: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, ForeignCommand>>;
  readonly tasks: Readonly<Record<string, ForeignCommand>>;
}

export const noCommands: StackCommands = { backends: {}, assigned: {}, services: {}, tasks: {} };

/** The command in the place of a scenario's user; undefined for the simulated backend. */
function commandFor(
  { name, backend }: ScenarioUser,
  { assigned, backends }: StackCommands,
): ForeignCommand | undefined {
  const wanted = assigned[name] ?? backend;
  return wanted === undefined || wanted === simulated ? undefined : backends[wanted];
}

/** Why a scenario's users cannot all have the backends that they are to have in a topology; undefined: they can. */
export function noPlaceFor(
  scenario: Pick<Scenario, 'users'>,
  commands: StackCommands,
  topology: Topology,
): string | undefined {
  if (topology !== 'single') return undefined;
  const user = scenario.users.find((one) => commandFor(one, commands));
  return (
    user && `in the single topology all users share one process, and ${user.name} has a backend of their own`
  );
}

/** What of the services and tasks comes before some commands, whichever way. */
function partsBefore(
  commands: readonly ForeignCommand[],
  parts: StackCommands['services'],
): StackCommands['services'] {
  const needed = new Map<string, ForeignCommand>();
  const add = ({ dependsOn }: ForeignCommand): void => {
    for (const name of Object.keys(dependsOn)) {
      const part = parts[name];
      if (!part || needed.has(name)) continue;
      needed.set(name, part);
      add(part);
    }
  };
  for (const command of commands) add(command);
  return Object.fromEntries(needed);
}

/** The parts of a stack's configuration that a scenario decides, with the commands that it needs. */
export function toStackConfig(
  scenario: Scenario,
  wanted?: Topology,
  commands: StackCommands = noCommands,
): Pick<
  StackConfig,
  'topology' | 'users' | 'graceMs' | 'limits' | 'timing' | 'relays' | 'services' | 'tasks'
> {
  const topology = topologyFor(scenario, wanted);
  const users = scenario.users.map((user) => ({ ...user, command: commandFor(user, commands) }));
  const used = users.flatMap(({ command }) => (command ? [command] : []));
  const parts = Object.keys(partsBefore(used, { ...commands.services, ...commands.tasks }));
  return {
    ...(topology !== 'relay' && { topology }),
    users: users.map(({ name, friends, acks, command }) => ({
      name: userId.parse(name),
      displayName: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      friends: friends.map((friend) => userId.parse(friend)),
      acks,
      ...(command && { backend: command }),
    })),
    graceMs: scenario.graceMs,
    limits: scenario.limits,
    ...(scenario.sweepMs !== undefined && { timing: { sweep_ms: scenario.sweepMs } }),
    relays: scenario.relays,
    ...(parts.length > 0 && { services: only(parts, commands.services), tasks: only(parts, commands.tasks) }),
  };
}

const only = (names: readonly string[], all: StackCommands['services']) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
