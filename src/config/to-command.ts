import { resolve } from 'node:path';
import type { ForeignCommand, ReadyProbe } from '../stack/foreign-command.ts';
import type { CommandInFile } from './command-schema.ts';
import type { CommandKind } from './command-sites.ts';

/** A start may include a build, on a machine that builds other things too. */
const usualWithinMs = 30_000;
const usualGraceMs = 5000;

/** A command as the stack takes it, with what the file leaves out; `folder` is the file's. */
export function toCommand(given: CommandInFile, kind: CommandKind, folder: string): ForeignCommand {
  const env = Object.entries(given.env ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    command: given.command,
    cwd: resolve(folder, given.cwd ?? '.'),
    env: Object.fromEntries(env),
    ready: probeOf(given.ready, kind),
    restart: given.restart ?? 'never',
    stop: { signal: given.stop?.signal ?? 'SIGTERM', graceMs: given.stop?.grace ?? usualGraceMs },
    dependsOn: given.depends_on ?? {},
  };
}

/** Others are sent to a backend or a page: it is not ready before its port is open. */
function probeOf(ready: CommandInFile['ready'], kind: CommandKind): ReadyProbe | undefined {
  const { http, tcp, log, within: withinMs = usualWithinMs } = ready ?? {};
  if (http !== undefined) return { http, withinMs };
  if (tcp !== undefined) return { tcp, withinMs };
  if (log !== undefined) return { log, withinMs };
  return kind === 'backend' || kind === 'frontend' ? { tcp: true, withinMs } : undefined;
}
