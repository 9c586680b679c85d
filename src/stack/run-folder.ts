import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isAlive, type ProcessMark } from './processes.ts';

export interface RunFolder {
  /** Sorts by time: `20261122-130455-k3f9`. */
  readonly id: string;
  readonly path: string;
}

/** So many runs are kept. */
const keptRuns = 20;

/**
 * Makes the folder of a new run below `.collab-dev/runs` of a project, for its owner's eyes only, points `latest` to
 * it, and removes the oldest runs beyond the newest 20 whose owner does not run any more.
 */
export async function createRunFolder(project: string, time = new Date()): Promise<RunFolder> {
  const runs = join(project, '.collab-dev', 'runs');
  await mkdir(runs, { recursive: true, mode: 0o700 });
  const id = `${stamp(time)}-${randomBytes(3).toString('hex')}`;
  const path = join(runs, id);
  await mkdir(path, { mode: 0o700 });
  await pointLatest(runs, id);
  await pruneRuns(runs, keptRuns);
  return { id, path };
}

/** UTC, so that the order holds through a change of daylight saving time. */
const stamp = (time: Date): string =>
  time.toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');

async function pointLatest(runs: string, id: string): Promise<void> {
  const link = join(runs, 'latest');
  // By rename, so that nobody ever finds none.
  await symlink(id, `${link}.${id}`);
  await rename(`${link}.${id}`, link);
}

/**
 * Removes the folder of a run that was refused before anything of it started: one without a journal. `latest` then
 * leads to the newest that is left.
 */
export async function forgetUnstarted({ path }: RunFolder): Promise<void> {
  const parts = await readdir(path).catch((): string[] => []);
  if (parts.includes('journal')) return;
  await rm(path, { recursive: true, force: true });
  const runs = dirname(path);
  const newest = (await readdir(runs)).filter(isRun).sort().at(-1);
  if (newest === undefined) await rm(join(runs, 'latest'), { force: true });
  else await pointLatest(runs, newest);
}

const isRun = (name: string): boolean => /^\d{8}-\d{6}-[0-9a-f]+$/.test(name);

async function pruneRuns(runs: string, keep: number): Promise<void> {
  const ids = (await readdir(runs)).filter(isRun).sort().reverse();
  for (const id of ids.slice(keep)) {
    const path = join(runs, id);
    if (!(await isOwned(path))) await rm(path, { recursive: true, force: true });
  }
}

/** Whether somebody runs it, or one of the scenarios that a run of tests has left up. */
async function isOwned(path: string): Promise<boolean> {
  const parts = (await readdir(path)).filter((part) => /^\d+-/.test(part));
  for (const folder of [path, ...parts.map((part) => join(path, part))]) {
    const owner = (await readStackFile(folder))?.owner;
    if (owner && (await isAlive(owner))) return true;
  }
  return false;
}

const processMark = z.object({ pid: z.int(), started: z.string().optional() });

/** `stack.json`: what runs where, for other commands. It holds no secrets. */
export const stackFile = z.object({
  run_id: z.string(),
  version: z.string().optional(),
  owner: processMark.optional(),
  started_at: z.string(),
  /** Absent in a topology without a relay. */
  relay_url: z.string().optional(),
  users: z.array(z.object({ name: z.string(), url: z.string(), page_url: z.string().optional() })),
  processes: z.array(
    processMark.extend({ pid: z.int().optional(), name: z.string(), role: z.string(), state: z.string() }),
  ),
});
export type StackFile = z.infer<typeof stackFile>;

/** The `stack.json` of a run; undefined where there is none, or it is of another version. */
export async function readStackFile(runFolder: string): Promise<StackFile | undefined> {
  try {
    return stackFile.parse(JSON.parse(await readFile(join(runFolder, 'stack.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a reader never meets half a file. */
export async function writeStackFile(runFolder: string, content: StackFile): Promise<void> {
  await writeWhole(join(runFolder, 'stack.json'), content);
}

/** `pids.json`: the processes that must not outlive the run, for whoever finds it after a crash. */
export async function writePidsFile(
  runFolder: string,
  processes: readonly (ProcessMark & { readonly name: string })[],
): Promise<void> {
  await writeWhole(join(runFolder, 'pids.json'), processes);
}

/** What still runs of the processes in `pids.json`; a later process with the same number is none of them. */
export async function leftoversOf(runFolder: string): Promise<ProcessMark[]> {
  const text = await readFile(join(runFolder, 'pids.json'), 'utf8').catch(() => '[]');
  const marks = z.array(processMark).parse(JSON.parse(text));
  const alive = await Promise.all(marks.map(isAlive));
  return marks.filter((_, index) => alive[index]);
}

async function writeWhole(file: string, content: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
