import type { Variables } from '../../config/variables.ts';
import type { StackCommands } from '../../scenario/stack-needs.ts';
import { commandExpander, expandCommands } from '../supervisor/expand-settings.ts';
import { readVariables } from './read-variables.ts';
import type { ProjectSettings } from './stack-settings.ts';

/** The commands of a configuration for a stack that this very process starts; undefined without a configuration. */
export async function commandsHere(
  { loaded, effective }: ProjectSettings,
  env: Variables,
): Promise<StackCommands | undefined> {
  if (!loaded) return undefined;
  const { backends, services, tasks } = loaded.config;
  const expandOne = commandExpander((await readVariables(loaded.envFile)) ?? {}, env);
  return {
    assigned: effective.assigned,
    backends: expandCommands(backends, expandOne),
    services: expandCommands(services, expandOne),
    tasks: expandCommands(tasks, expandOne),
  };
}
