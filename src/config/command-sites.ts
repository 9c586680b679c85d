import { isMap } from '../scenario/is-map.ts';
import type { Path } from '../scenario/yaml-tree.ts';

/** What the name of a command stands for. */
export type CommandKind = 'backend' | 'frontend' | 'service' | 'task';

/** A command where it stands in a file, before any schema has seen it. */
export interface CommandSite {
  readonly kind: CommandKind;
  /** Of the user, or of the part itself. */
  readonly name: string;
  readonly path: Path;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Every command of a file that is at least a map, in the order of the kinds. */
export function commandSites(file: Readonly<Record<string, unknown>>): CommandSite[] {
  const named = (key: string, kind: CommandKind): CommandSite[] =>
    entriesOf(file[key]).flatMap(([name, raw]) =>
      isMap(raw) ? [{ kind, name, path: [key, name], raw }] : [],
    );
  const ofUsers = entriesOf(file.users).flatMap(([name, settings]): CommandSite[] =>
    (['backend', 'frontend'] as const).flatMap((kind) => {
      const raw = isMap(settings) ? settings[kind] : undefined;
      return isMap(raw) ? [{ kind, name, path: ['users', name, kind], raw }] : [];
    }),
  );
  return [
    ...ofUsers,
    ...named('backends', 'backend'),
    ...named('services', 'service'),
    ...named('tasks', 'task'),
  ];
}

/** The entries of a map; none of anything else. */
export const entriesOf = (value: unknown): [string, unknown][] => (isMap(value) ? Object.entries(value) : []);
