import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../problem.ts';
import { didYouMean } from '../scenario/nearest.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import { findControlAddress } from './supervisor/socket-path.ts';

/** A run with a control socket. */
export interface RunWithSocket extends RunFolder {
  /** What it is called beside its id. */
  readonly name: string | undefined;
  /** Its supervisor listens; of one that was killed, only the socket file is left. */
  readonly alive: boolean;
}

/** Every run of a folder that has not ended in order, the oldest first. */
export async function runsWithSocket(cwd: string): Promise<readonly RunWithSocket[]> {
  const runs = join(cwd, '.collab-dev', 'runs');
  const ids = (await readdir(runs).catch((): string[] => [])).filter((id) => id !== 'latest').toSorted();
  const found = await Promise.all(ids.map((id) => socketsIn({ id, path: join(runs, id) })));
  return found.flat();
}

/** Of the run itself, and of the scenarios that a run of tests has kept. */
async function socketsIn(run: RunFolder): Promise<RunWithSocket[]> {
  const parts = await readdir(run.path).catch((): string[] => []);
  if (parts.includes('control.sock')) return [await look(run)];
  const kept = parts.filter((part) => /^\d+-/.test(part)).toSorted();
  const inside = kept.map((part) => ({ id: `${run.id}/${part}`, path: join(run.path, part) }));
  const found = await Promise.all(
    inside.map(async (one) => ((await readdir(one.path)).includes('control.sock') ? [await look(one)] : [])),
  );
  return found.flat();
}

async function look({ id, path }: RunFolder): Promise<RunWithSocket> {
  const [name, alive] = await Promise.all([nameOf(path), listens(await findControlAddress(path))]);
  return { id, path, name, alive };
}

const named = z.object({ name: z.string().optional() });

/** What a run was called when it was started. */
export async function nameOf(folder: string): Promise<string | undefined> {
  try {
    return named.parse(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))).name;
  } catch {
    // It was not started by us, or is just being written.
    return undefined;
  }
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * The run that a command means: by its id, the beginning of it, or its name; without one, the only one that is alive.
 * @throws Problem where there is none, or where several are meant
 */
export async function pickLiveRun(cwd: string, wanted: string | undefined): Promise<RunWithSocket> {
  const found = await runsWithSocket(cwd);
  const live = found.filter(({ alive }) => alive);
  const meant = wanted === undefined ? live : chosen(live, wanted);
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  if (only) throw severalLive(meant, wanted);
  const dead = chosen(
    found.filter(({ alive }) => !alive),
    wanted ?? '',
  );
  throw noLiveRun(live, dead, wanted);
}

/**
 * The runs that `down` and `ps` mean. One whose supervisor was killed is among them: what it left has to be seen, and
 * to go.
 * @throws Problem where there is none, or where several live ones are meant
 */
export async function runsMeant(
  cwd: string,
  { run, all }: { readonly run?: string | undefined; readonly all: boolean },
): Promise<readonly RunWithSocket[]> {
  const found = await runsWithSocket(cwd);
  if (all) return found;
  const dead = found.filter(({ alive }) => !alive);
  if (run === undefined) return found.length === dead.length ? dead : [await pickLiveRun(cwd, run), ...dead];
  const left = chosen(dead, run);
  return left.length > 0 ? left : [await pickLiveRun(cwd, run)];
}

/** Those that are called so, or whose id is or begins like this. */
export function chosen<Run extends { readonly id: string; readonly name: string | undefined }>(
  runs: readonly Run[],
  wanted: string,
): readonly Run[] {
  const exact = runs.filter(({ id, name }) => id === wanted || name === wanted);
  return exact.length > 0 ? exact : runs.filter(({ id }) => id.startsWith(wanted));
}

/** `20261122-130455-k3f9 (demo)` */
export const shownRun = ({
  id,
  name,
}: {
  readonly id: string;
  readonly name?: string | undefined;
}): string => (name === undefined ? id : `${id} (${name})`);

const severalLive = (runs: readonly RunWithSocket[], wanted: string | undefined) =>
  new Problem({
    code: 'several-live-runs',
    message: [
      wanted === undefined
        ? `${runs.length} stacks run in this folder:`
        : `${runs.length} stacks that run here begin with "${wanted}":`,
      ...runs.map((run) => `  ${shownRun(run)}`),
    ].join('\n'),
    hint: 'Say which one with --run and its id, the beginning of it, or its name.',
    exit: 2,
  });

const noLiveRun = (
  live: readonly RunWithSocket[],
  dead: readonly RunWithSocket[],
  wanted: string | undefined,
) => {
  const names = live.flatMap(({ id, name }) => [id, ...(name === undefined ? [] : [name])]);
  return new Problem({
    code: 'no-live-run',
    message:
      wanted === undefined
        ? 'Nothing runs in this folder.'
        : `No run "${wanted}" is alive in this folder.${didYouMean(wanted, names)}`,
    hint:
      dead.length > 0
        ? `Of ${dead.map(shownRun).join(', ')} the supervisor was killed: "collab-dev down" cleans up what is left.`
        : live.length > 0
          ? `There ${live.length === 1 ? 'is' : 'are'} ${live.map(shownRun).join(', ')}.`
          : 'Start one with "collab-dev up", or go to the folder in which you did.',
    exit: 2,
  });
};
