import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of a run for what nobody else may read: tokens and keys. Gone with the run, so that a folder can be shown. */
export interface Secrets extends AsyncDisposable {
  pathOf(name: string): string;
  /** Writes a file, whole or not at all, and answers its path. */
  write(name: string, text: string): Promise<string>;
}

export async function openSecrets(runFolder: string): Promise<Secrets> {
  const folder = join(runFolder, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (name: string) => join(folder, name);
  return {
    pathOf,
    async write(name, text) {
      const path = pathOf(name);
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
      return path;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
