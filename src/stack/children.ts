import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Role = 'relay' | 'backend' | 'links' | 'pages';

/** Also what is no script of ours. */
export type InstanceRole = Role | 'redis' | 'frontend' | 'service' | 'task';

/** The script of each kind of child process. */
export type ChildFiles = Readonly<Record<Role, string>>;

/**
 * What Node is told for each kind. A relay holds little and lets go of much: left alone, V8 answers a flood with a heap of
 * more than 150 MiB and keeps it, for less than 20 MiB that live.
 */
export const nodeOptions: Readonly<Record<Role, readonly string[]>> = {
  relay: ['--max-semi-space-size=4'],
  backend: [],
  links: [],
  pages: [],
};

/**
 * The bundles of the children. They lie beside the bundle that runs (`dist/cli.js`), one folder up from a chunk of it
 * (`dist/cli/…`), or in `dist/` where this runs from its sources.
 */
export function bundledChildren(): ChildFiles {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const folder =
    [here, join(here, '..'), join(here, '../../dist')].find((one) => existsSync(join(one, 'relay.js'))) ??
    here;
  return {
    relay: join(folder, 'relay.js'),
    backend: join(folder, 'host.js'),
    links: join(folder, 'links.js'),
    pages: join(folder, 'pages.js'),
  };
}
