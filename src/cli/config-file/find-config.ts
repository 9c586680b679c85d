import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Problem } from '../../problem.ts';

export const configName = 'collab-dev.yaml';

export interface ConfigPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--config`. */
  readonly file?: string | undefined;
}

/** A configuration file, and who has named it. */
export interface FoundConfig {
  readonly path: string;
  readonly by: '--config' | 'COLLAB_DEV_CONFIG' | 'found';
}

/**
 * The configuration that counts here: what `--config` names, else what COLLAB_DEV_CONFIG does, else the nearest
 * `collab-dev.yaml` in this folder or above it, up to the root of the file system.
 * @throws Problem `no-config` where a file is named that is not there
 */
export async function findConfig({ cwd, env, file }: ConfigPlace): Promise<FoundConfig | undefined> {
  const variable = env.COLLAB_DEV_CONFIG || undefined;
  const named = file ?? variable;
  if (named === undefined) {
    const path = await nearestAbove(cwd);
    return path === undefined ? undefined : { path, by: 'found' };
  }
  const by = file === undefined ? 'COLLAB_DEV_CONFIG' : '--config';
  const path = resolve(cwd, named);
  if (!(await isFile(path))) throw noConfig(by, path);
  return { path, by };
}

async function nearestAbove(folder: string): Promise<string | undefined> {
  const path = join(folder, configName);
  if (await isFile(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestAbove(parent);
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

const noConfig = (by: string, path: string) =>
  new Problem({
    code: 'no-config',
    message: `There is no file ${path}, which ${by} names.`,
    hint: '"collab-dev init" writes one to begin with.',
    exit: 2,
  });
