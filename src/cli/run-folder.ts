import { readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '../problem.ts';
import type { RunFolder } from '../stack/run-folder.ts';

/**
 * The run of a folder by its id or by the beginning of it; without one, the newest in which anything was started. A run
 * of tests holds a folder for each scenario: `20261122-130455-k3f9/01-share`.
 */
export async function findRunFolder(cwd: string, run: string | undefined): Promise<RunFolder> {
  const runs = join(cwd, '.collab-dev', 'runs');
  const names = (await readdir(runs).catch((): string[] => [])).toSorted();
  const [wanted, ...inside] = run?.split('/') ?? [];
  const id = await idOf(wanted, runs, names);
  if (id === undefined) throw noSuchRun(run);
  const path = join(runs, id, ...inside);
  const parts = await readdir(path).catch((): string[] => []);
  if (!parts.includes('journal')) throw noJournal(id, parts.filter(isScenario));
  return { id, path };
}

async function idOf(
  wanted: string | undefined,
  runs: string,
  names: readonly string[],
): Promise<string | undefined> {
  if (wanted === undefined) return newestStarted(runs, names);
  if (wanted !== 'latest') return names.findLast((name) => name.startsWith(wanted));
  const latest = await readlink(join(runs, 'latest')).catch(() => undefined);
  return names.find((name) => latest !== undefined && name === basename(latest));
}

/** A command that was refused before anything started has left a folder, but nothing to look at. */
async function newestStarted(runs: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names.filter((one) => one !== 'latest').toReversed()) {
    const parts = await readdir(join(runs, name)).catch((): string[] => []);
    if (parts.some((part) => part === 'journal' || isScenario(part))) return name;
  }
  return undefined;
}

const isScenario = (part: string): boolean => /^\d+-/.test(part);

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
