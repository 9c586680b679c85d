import { readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '../problem.ts';
import type { RunFolder } from '../stack/run-folder.ts';

/**
 * The run of a folder by its id or by the beginning of it; without one, the newest. A run of tests holds a folder for
 * each scenario: `20261122-130455-k3f9/01-share`.
 */
export async function findRunFolder(cwd: string, run: string | undefined): Promise<RunFolder> {
  const runs = join(cwd, '.collab-dev', 'runs');
  const names = await readdir(runs).catch((): string[] => []);
  const latest = await readlink(join(runs, 'latest')).catch(() => undefined);
  const [wanted, ...inside] = run?.split('/') ?? [];
  const id =
    wanted === undefined || wanted === 'latest'
      ? names.find((name) => latest !== undefined && name === basename(latest))
      : names.toSorted().findLast((name) => name.startsWith(wanted));
  if (id === undefined) throw noSuchRun(run);
  const path = join(runs, id, ...inside);
  const parts = await readdir(path).catch((): string[] => []);
  if (!parts.includes('journal'))
    throw noJournal(
      id,
      parts.filter((part) => /^\d+-/.test(part)),
    );
  return { id, path };
}

const noJournal = (id: string, scenarios: readonly string[]) =>
  new Problem({
    code: 'no-journal',
    message: `Run ${id} has no journal of its own.`,
    ...(scenarios.length > 0 && { hint: `Its scenarios do: --run ${id}/${scenarios[0]}.` }),
    exit: 2,
  });

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
