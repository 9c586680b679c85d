import { readdir, readlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Problem } from '../problem.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import { nameOf } from './live-runs.ts';

/** A run with the folders that hold its journals: its own, or those of the scenarios that a run of tests played. */
export interface FoundRun extends RunFolder {
  readonly journals: readonly RunFolder[];
}

/**
 * The run of a folder by its id, by the beginning of it, or by its path; without one, the newest in which anything was
 * started. One scenario of a run of tests is `20261122-130455-k3f9/01-share`.
 */
export async function findRun(cwd: string, run: string | undefined): Promise<FoundRun> {
  const given = run === undefined ? undefined : await runAt(resolve(cwd, run), basename(run));
  if (given) return given;
  const runs = join(cwd, '.collab-dev', 'runs');
  const names = (await readdir(runs).catch((): string[] => [])).toSorted();
  const [wanted, ...inside] = run?.split('/') ?? [];
  const id = await idOf(wanted, runs, names);
  if (id === undefined) throw noSuchRun(run);
  const found = await runAt(join(runs, id, ...inside), [id, ...inside].join('/'));
  if (!found) throw noJournal([id, ...inside].join('/'));
  return found;
}

/** The run at a path; undefined where no journal is. */
async function runAt(path: string, id: string): Promise<FoundRun | undefined> {
  const parts = await readdir(path).catch((): string[] => []);
  if (parts.includes('journal')) return { id, path, journals: [{ id, path }] };
  const scenarios = parts.filter(isScenario).toSorted();
  const journals = scenarios.map((name) => ({ id: `${id}/${name}`, path: join(path, name) }));
  const held = await Promise.all(journals.map((one) => readdir(join(one.path, 'journal')).catch(() => [])));
  const started = journals.filter((_, index) => (held[index]?.length ?? 0) > 0);
  return started.length > 0 ? { id, path, journals: started } : undefined;
}

async function idOf(
  wanted: string | undefined,
  runs: string,
  names: readonly string[],
): Promise<string | undefined> {
  if (wanted === undefined) return newestStarted(runs, names);
  if (wanted !== 'latest')
    return names.findLast((name) => name.startsWith(wanted)) ?? called(wanted, runs, names);
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

/** The newest run that was given this name. */
async function called(wanted: string, runs: string, names: readonly string[]): Promise<string | undefined> {
  const given = await Promise.all(names.map((name) => nameOf(join(runs, name))));
  return names.findLast((_, index) => given[index] === wanted);
}

const isScenario = (part: string): boolean => /^\d+-/.test(part);

const noJournal = (id: string) =>
  new Problem({
    code: 'no-journal',
    message: `Run ${id} has no journal: nothing of it was started.`,
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
