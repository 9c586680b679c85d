import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Role = 'relay' | 'backend' | 'links' | 'pages';

/** Also what is no script of ours. */
export type InstanceRole = Role | 'redis' | 'frontend' | 'service' | 'task';

/** The script of each kind of child process. */
export type ChildFiles = Readonly<Record<Role, string>>;

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
