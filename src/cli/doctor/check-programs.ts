import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ForeignCommand } from '../../stack/foreign-command.ts';
import { type Check, failure, ok, warning } from './check.ts';

/** A command of the configuration, with what it is called there. */
export interface NamedCommand {
  readonly what: string;
  readonly command: ForeignCommand;
}

/** Several relay nodes meet on a Redis; without them nobody needs one but scenarios that say `relays: 3`. */
export async function checkRedis(path: string, nodes: number): Promise<Check> {
  const found = await findProgram('redis-server', path, '/');
  if (found !== undefined) return ok('redis', `redis-server is there for several relay nodes: ${found}.`);
  const message = 'There is no redis-server on the PATH';
  const hint = 'Install it, like with "apt install redis-server".';
  return nodes > 1
    ? failure('redis', `${message}, and ${nodes} relay nodes meet on one.`, hint)
    : warning('redis', `${message}: only scenarios with several relay nodes need it.`, hint);
}

/** Whether the program of each command is there, as far as that can be told without a shell. */
export async function checkPrograms(commands: readonly NamedCommand[], path: string): Promise<Check[]> {
  const checks = commands.map(async ({ what, command }): Promise<Check[]> => {
    const program = programOf(command.command);
    if (program === undefined) return [];
    const found = await findProgram(program, path, command.cwd);
    return [
      found === undefined
        ? failure(
            'programs',
            `${what} starts ${program}, and there is no such program.`,
            'Install it, or name its path.',
          )
        : ok('programs', `${what} starts ${found}.`),
    ];
  });
  return (await Promise.all(checks)).flat();
}

/** What only the shell knows. */
const builtins = new Set([
  '.',
  ':',
  'cd',
  'eval',
  'exec',
  'export',
  'set',
  'source',
  'test',
  'trap',
  'ulimit',
]);

/** The first word of a command, where it is plainly the name of a program. */
export function programOf(command: ForeignCommand['command']): string | undefined {
  if (typeof command !== 'string') return command[0];
  const [word] = command.trim().split(/\s+/);
  return word === undefined || builtins.has(word) || !/^[\w./@+-]+$/.test(word) ? undefined : word;
}

/** Where a program is that is started in `cwd`: by its path, or by the PATH. */
export async function findProgram(name: string, path: string, cwd: string): Promise<string | undefined> {
  const places = name.includes('/')
    ? [resolve(cwd, name)]
    : path
        .split(':')
        .filter(Boolean)
        .map((folder) => join(folder, name));
  for (const place of places) {
    const may = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (may) return place;
  }
  return undefined;
}
