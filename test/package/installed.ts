import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const root = join(import.meta.dirname, '../..');

/** The package as npm packs it, installed into a fresh folder. */
export interface InstalledPackage extends AsyncDisposable {
  /** The fresh folder. */
  readonly home: string;
  readonly modules: string;
  readonly tarball: string;
}

export async function installPackage(): Promise<InstalledPackage> {
  const temporary = await mkdtempDisposable(join(tmpdir(), 'collab-dev-pack-'));
  const home = temporary.path;
  // dist/ is built before the tests; a build now would pull it away under the other test files.
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', home], { cwd: root });
  const [name = ''] = (await readdir(home)).filter((file) => file.endsWith('.tgz'));
  const tarball = join(home, name);
  const flags = ['--offline', '--no-audit', '--no-fund', '--prefix', home, '--cache', join(home, 'cache')];
  await execa('npm', ['install', ...flags, tarball], { cwd: home });
  return {
    home,
    modules: join(home, 'node_modules'),
    tarball,
    [Symbol.asyncDispose]: () => temporary.remove(),
  };
}
