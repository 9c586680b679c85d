import { commandSchema } from '../config/command-schema.ts';
import { toCommand } from '../config/to-command.ts';
import { Problem } from '../problem.ts';
import { isMap } from '../scenario/is-map.ts';
import { show } from '../scenario/show.ts';
import { valueComplaints } from '../scenario/value-complaints.ts';
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
  // Tests in JavaScript may give anything.
  const said: unknown = given;
  if (!isMap(said)) throw noCommand(name, said);
  const { ready, stop } = said;
  const value = withoutUndefined({
    ...said,
    ...(isMap(ready) && { ready: withoutUndefined({ ...ready, within: inWords(ready.within) }) }),
    ...(isMap(stop) && { stop: withoutUndefined({ ...stop, grace: inWords(stop.grace) }) }),
  });
  const parsed = commandSchema.safeParse(value);
  if (parsed.success) return toCommand(parsed.data, 'backend', cwd);
  const subject = { of: `the backend of ${name}`, noun: 'key', value, schema: commandSchema };
  throw badBackend(valueComplaints(parsed.error.issues, subject));
}

const inWords = (duration: unknown): unknown =>
  typeof duration === 'number' ? durationOf(duration) : duration;

const noCommand = (name: string, given: unknown) =>
  new Problem({
    code: 'bad-backend',
    message:
      `The backend of ${name} must be a map with a command, like { command: ['python3', 'app.py'] }, not ${show(given)}: ` +
      'the backends of a collab-dev.yaml have no names here.',
    exit: 2,
  });

const badBackend = (complaints: readonly string[]) =>
  new Problem({ code: 'bad-backend', message: complaints.join('\n'), exit: 2 });
