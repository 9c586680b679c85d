import type { UserId } from '../protocol/ids.ts';
import type { ForeignCommand } from './foreign-command.ts';
import {
  dependsInACircle,
  dependsOnNobody,
  neverCompletes,
  noForeignInSingle,
  reservedCommand,
  twiceCommand,
} from './foreign-problems.ts';
import { isReserved, oneBackend, relayNames, topologyOf } from './plan.ts';
import type { StackConfig } from './stack.ts';

/** The name of the process of a user's page that is not ours. */
export const frontendName = (user: UserId): string => `${user}.page`;

/** Every command of a stack, by the name of its process. */
export function commandsOf(config: StackConfig): ReadonlyMap<string, ForeignCommand> {
  return new Map([
    ...Object.entries(config.services ?? {}),
    ...Object.entries(config.tasks ?? {}),
    ...config.users.flatMap(({ name, backend, frontend }): [string, ForeignCommand][] => [
      ...(backend ? [[name, backend] satisfies [string, ForeignCommand]] : []),
      ...(config.pages && typeof frontend === 'object'
        ? [[frontendName(name), frontend] satisfies [string, ForeignCommand]]
        : []),
    ]),
  ]);
}

/** Throws a Problem for commands that cannot be part of this stack, before anything is started. */
export function checkCommands(config: StackConfig): void {
  const topology = topologyOf(config);
  const inPlace = config.users.find(({ backend }) => backend);
  if (topology === 'single' && inPlace) throw noForeignInSingle(inPlace.name);

  const users = config.users.map(({ name }) => name);
  const tasks = Object.keys(config.tasks ?? {});
  const helpers = [...Object.keys(config.services ?? {}), ...tasks];
  for (const [index, name] of helpers.entries()) {
    if (isReserved(name) || name === oneBackend) throw reservedCommand(name);
    if (users.some((user) => user === name) || helpers.indexOf(name) !== index) throw twiceCommand(name);
  }

  const commands = commandsOf(config);
  const known = new Set<string>([
    ...commands.keys(),
    ...relayNames(config),
    ...(topology === 'single' ? [oneBackend] : users),
  ]);
  for (const [name, { dependsOn }] of commands) {
    for (const [on, how] of Object.entries(dependsOn)) {
      if (!known.has(on)) throw dependsOnNobody(name, on, [...known]);
      if (how === 'completed' && !tasks.includes(on)) throw neverCompletes(name, on);
    }
  }
  const circle = circleIn(commands);
  if (circle) throw dependsInACircle(circle);
}

/** Names of which each depends on the next, and the last is the first. */
function circleIn(commands: ReadonlyMap<string, ForeignCommand>): readonly string[] | undefined {
  const cleared = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (cleared.has(name)) return undefined;
    for (const on of Object.keys(commands.get(name)?.dependsOn ?? {})) {
      const found = walk(on, [...path, name]);
      if (found) return found;
    }
    cleared.add(name);
    return undefined;
  };
  for (const name of commands.keys()) {
    const found = walk(name, []);
    if (found) return found;
  }
  return undefined;
}
