import { z } from 'zod';
import { commandSchema } from '../config/command-schema.ts';
import { toCommand } from '../config/to-command.ts';
import { Problem } from '../problem.ts';
import type { ForeignCommand } from '../stack/foreign-command.ts';
import { durationOf, withoutUndefined } from './in-the-language.ts';
import type { BackendCommand, StackOptions } from './stack-types.ts';

/**
 * The backends that a test brings, by user. Paths in them begin at `cwd`.
 * @throws Problem for one that cannot be run as it is described
 */
export function ownBackends({ users }: StackOptions, cwd: string): ReadonlyMap<string, ForeignCommand> {
  const named = Object.entries(users).flatMap(([name, settings]) =>
    typeof settings === 'object' && settings?.backend ? [{ name, backend: settings.backend }] : [],
  );
  return new Map(named.map(({ name, backend }) => [name, commandOf(name, backend, cwd)]));
}

function commandOf(name: string, given: BackendCommand, cwd: string): ForeignCommand {
  const { ready, stop } = given;
  const parsed = commandSchema.safeParse({
    ...given,
    ...(ready && { ready: withoutUndefined({ ...ready, within: durationOf(ready.within) }) }),
    ...(stop && { stop: withoutUndefined({ ...stop, grace: durationOf(stop.grace) }) }),
  });
  if (!parsed.success) throw badBackend(name, parsed.error);
  return toCommand(parsed.data, 'backend', cwd);
}

const badBackend = (name: string, error: z.ZodError) =>
  new Problem({
    code: 'bad-backend',
    message: `The backend of ${name} cannot be run as it is described: ${z.prettifyError(error)}`,
    exit: 2,
  });
