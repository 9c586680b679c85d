import { readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '../problem.ts';
import type { RunFolder } from '../stack/run-folder.ts';

/** The run of a folder by its id or by the beginning of it; without one, the newest. */
export async function findRunFolder(cwd: string, run: string | undefined): Promise<RunFolder> {
  const runs = join(cwd, '.collab-dev', 'runs');
  const names = await readdir(runs).catch((): string[] => []);
  const latest = await readlink(join(runs, 'latest')).catch(() => undefined);
  const id =
    run === undefined
      ? names.find((name) => latest !== undefined && name === basename(latest))
      : names.toSorted().findLast((name) => name !== 'latest' && name.startsWith(run));
  if (id === undefined) throw noSuchRun(run);
  return { id, path: join(runs, id) };
}

const noSuchRun = (run: string | undefined) =>
  new Problem({
    code: 'no-such-run',
    message:
      run === undefined
        ? 'There is no run in this folder yet.'
        : `There is no run "${run}" in .collab-dev/runs of this folder.`,
    hint: 'Start one with "collab-dev up", or go to the folder in which you did.',
    exit: 2,
  });
