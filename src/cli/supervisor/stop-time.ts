import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForeignCommand } from '../../stack/foreign-command.ts';
import { type RunSettings, runSettings } from './settings.ts';

/**
 * How much longer than usual the stop of a run may take, in milliseconds: its commands have their graces, one after the
 * other where they depend on one another.
 */
export function gracesOf({ commands, users = [] }: Pick<RunSettings, 'commands' | 'users'>): number {
  const { backends = {}, services = {}, tasks = {} } = commands ?? {};
  const pages = users.flatMap(({ frontend }) => (typeof frontend === 'object' ? [frontend] : []));
  const placed = users.flatMap(({ backend }) => (backend ? [backend] : []));
  const parts: Readonly<Record<string, ForeignCommand>> = { ...services, ...tasks };
  const longest = (command: ForeignCommand, above: readonly string[]): number => {
    const below = Object.keys(command.dependsOn).flatMap((name) => {
      const next = parts[name];
      return next && !above.includes(name) ? [longest(next, [...above, name])] : [];
    });
    return command.stop.graceMs + Math.max(0, ...below);
  };
  const all = [...Object.values(parts), ...Object.values(backends), ...placed, ...pages];
  return Math.max(0, ...all.map((command) => longest(command, [])));
}

/** The same of a run by its folder; none where that cannot be read. */
export async function gracesIn(folder: string): Promise<number> {
  try {
    return gracesOf(runSettings.parse(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))));
  } catch {
    return 0;
  }
}
