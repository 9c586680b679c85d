import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../problem.ts';
import { isAlive, markOf, type ProcessMark } from '../stack/processes.ts';
import { leftoversOf, readStackFile } from '../stack/run-folder.ts';
import { type RunWithSocket, shownRun } from './live-runs.ts';
import { reachRun } from './reach-run.ts';
import { findControlAddress } from './supervisor/socket-path.ts';
import { gracesIn } from './supervisor/stop-time.ts';

/** What became of a run that was to end. */
export interface TakenDown {
  readonly run: string;
  readonly name: string | undefined;
  /** `stopped` in order; `killed`: it did not stop in time; `cleaned`: its supervisor was dead already. */
  readonly how: 'stopped' | 'killed' | 'cleaned';
  /** How many processes ran when it began. */
  readonly processes: number;
}

/** A clean stop may take as long as the supervisor gives itself, and a little more. */
const stopWithinMs = 12_000;
/** Children of ours end with their channels; whatever is there after this is killed. */
const endWithinMs = 4000;
const killWithinMs = 5000;
const lookEveryMs = 25;

/**
 * Ends a run and resolves when not one process of it is left.
 * @throws Problem where one cannot be ended
 */
export async function takeDown(run: RunWithSocket): Promise<TakenDown> {
  const { id, name } = run;
  if (!run.alive) {
    const left = await leftoversOf(run.path);
    await endAll(left, id);
    await forgetSocket(run.path);
    return { run: id, name, how: 'cleaned', processes: left.length };
  }
  const marks = new Map((await processesOf(run.path)).map((mark) => [mark.pid, mark]));
  const clean = await stopInOrder(run, (supervisor) => marks.set(supervisor.pid, supervisor));
  const processes = marks.size;
  // What was started in the meantime is in the file by now.
  const left = await stillThere([...marks.values(), ...(await leftoversOf(run.path))]);
  await endAll(left, id, clean ? endWithinMs : 0);
  if (!clean) await forgetSocket(run.path);
  return { run: id, name, how: clean ? 'stopped' : 'killed', processes };
}

/** What became of it, in a sentence. */
export function whatBecame({ run, name, how, processes }: TakenDown): string {
  const what = `Run ${shownRun({ id: run, name })}`;
  const count = `${processes} ${processes === 1 ? 'process' : 'processes'}`;
  const gone = processes === 1 ? 'its one process is gone' : `none of its ${count} is left`;
  if (how === 'stopped') return `${what} has stopped; ${gone}.`;
  if (how === 'killed') return `${what} did not stop in time and was killed; ${gone}.`;
  const ended = processes === 0 ? 'nothing of it ran any more' : `${count} of it ended`;
  return `${what} had lost its supervisor; ${ended}, and what it left is cleaned up.`;
}

/** Asks the supervisor to stop, once it is known which process it is; answers whether it did so in time. */
async function stopInOrder(run: RunWithSocket, onSupervisor: (mark: ProcessMark) => void): Promise<boolean> {
  try {
    await using reached = await reachRun(run);
    onSupervisor(await markOf(reached.snapshot.pid));
    // The end of the connection is what counts.
    reached.command({ name: 'stop', force: false }).catch(() => {});
    const late = new AbortController();
    const ended = await Promise.race([
      reached.closed.then(() => true),
      wait(stopWithinMs + (await gracesIn(run.path)), false, late).catch(() => false),
    ]);
    late.abort();
    return ended;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** What `stack.json` knows: the children, and whoever owns them. */
async function processesOf(folder: string): Promise<ProcessMark[]> {
  const [file, children] = await Promise.all([readStackFile(folder), leftoversOf(folder)]);
  return [...children, ...(file?.owner ? [file.owner] : [])];
}

async function stillThere(marks: readonly ProcessMark[]): Promise<ProcessMark[]> {
  const alive = await Promise.all(marks.map(isAlive));
  return marks.filter((_, index) => alive[index]);
}

async function endAll(marks: readonly ProcessMark[], run: string, patienceMs = endWithinMs): Promise<void> {
  if (await untilGone(marks, patienceMs)) return;
  for (const { pid } of await stillThere(marks)) kill(pid);
  if (!(await untilGone(marks, killWithinMs))) throw cannotEnd(run, await stillThere(marks));
}

async function untilGone(marks: readonly ProcessMark[], withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  for (;;) {
    if ((await stillThere(marks)).length === 0) return true;
    if (performance.now() >= end) return false;
    await wait(lookEveryMs);
  }
}

/** With the group that it leads, if it leads one. */
function kill(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It leads no group, or is gone already.
    }
  }
}

/** What a supervisor removes when it ends in order: its socket, and the secrets of the run. */
async function forgetSocket(folder: string): Promise<void> {
  const direct = join(folder, 'control.sock');
  const path = await findControlAddress(folder);
  await rm(direct, { force: true });
  if (path !== direct) await rm(dirname(path), { recursive: true, force: true });
  await rm(join(folder, 'secrets'), { recursive: true, force: true });
}

const cannotEnd = (run: string, marks: readonly ProcessMark[]) =>
  new Problem({
    code: 'cannot-end',
    message: `Run ${run} cannot be ended: process ${marks.map(({ pid }) => pid).join(', ')} is still there after SIGKILL.`,
  });
