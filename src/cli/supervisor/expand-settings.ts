import { expandCommand, type Variables } from '../../config/variables.ts';
import type { ForeignCommand } from '../../stack/foreign-command.ts';
import type { RunSettings } from './settings.ts';

/**
 * Settings whose commands have the values of their variables: what `.env` sets, under the environment. What is written
 * into a run folder has only their names.
 */
export function expandSettings(
  settings: RunSettings,
  dotenv: Readonly<Record<string, string>>,
  env: Variables,
): RunSettings {
  const expandOne = commandExpander(dotenv, env);
  const each = (commands: Readonly<Record<string, ForeignCommand>>) => expandCommands(commands, expandOne);
  const { users, commands } = settings;
  return {
    ...settings,
    ...(users && {
      users: users.map(({ backend, frontend, ...user }) => ({
        ...user,
        ...(backend && { backend: expandOne(backend) }),
        ...(frontend && { frontend: frontend === 'off' ? frontend : expandOne(frontend) }),
      })),
    }),
    ...(commands && {
      commands: {
        ...commands,
        backends: each(commands.backends),
        services: each(commands.services),
        tasks: each(commands.tasks),
      },
    }),
  };
}

/** Fills in one command after the other; all of them get what `.env` sets. */
export function commandExpander(
  dotenv: Readonly<Record<string, string>>,
  env: Variables,
): (command: ForeignCommand) => ForeignCommand {
  const added = Object.fromEntries(Object.entries(dotenv).map(([name, value]) => [name, env[name] ?? value]));
  return (command) => expandCommand(command, { ...dotenv, ...env }, added);
}

export const expandCommands = (
  commands: Readonly<Record<string, ForeignCommand>>,
  expandOne: (command: ForeignCommand) => ForeignCommand,
): Record<string, ForeignCommand> =>
  Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, expandOne(command)]));
