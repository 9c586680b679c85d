import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { abortable } from './abortable.ts';
import type { Child } from './child-process.ts';
import { type Ending, hasEnded } from './ending.ts';
import { taskFailed, taskTooLong } from './foreign-problems.ts';
import { leaseChild } from './lease-child.ts';
import type { InstanceOptions, ManagedInstance } from './managed-instance.ts';
import { alreadyRunning, killedWhileStarting, notRunning, quoted, waited } from './problems.ts';
import { next, type ProcessChange, type ProcessState } from './process-state.ts';

export interface TaskOptions
  extends Pick<InstanceOptions, 'name' | 'runFolder' | 'processes' | 'journal' | 'waiting'> {
  /** How long it may take; undefined: as long as it likes. */
  readonly withinMs: number | undefined;
}

/**
 * A command that runs once and has to end with 0. Its start resolves when it has; after that it is `stopped`, and can
 * be started to run again.
 */
export function taskInstance({
  name,
  runFolder,
  processes,
  journal,
  waiting,
  withinMs,
}: TaskOptions): ManagedInstance {
  const log = join(runFolder, 'logs', `${name}.log`);
  let state: ProcessState = { id: 'stopped' };
  let child: Child | undefined;
  let killed = false;
  let stopping: AbortController | undefined;
  let running: Promise<void> = Promise.resolve();

  const more = ({ output }: Child): string => `${waited(waiting)}${quoted(output.lastLines())}`;
  const change = (to: ProcessChange): void => {
    state = next(state, to);
  };

  async function run(signal: AbortSignal): Promise<void> {
    change({ type: 'start', at: performance.now() });
    journal.tell({ type: 'process', name, state: 'starting' });
    try {
      child = await leaseChild(processes, log, signal);
      const exit = await ended(child, signal);
      if (killed) throw killedWhileStarting(name);
      if (exit !== 'exit code 0') throw taskFailed(name, exit, more(child), log);
      conclude({ exit, lastLines: [], wanted: true });
    } catch (thrown) {
      const lastLines = child?.output.lastLines() ?? [];
      if (child) await processes.giveBack(child);
      conclude({ exit: child?.exit ?? 'never started', lastLines, wanted: killed || signal.aborted });
      throw thrown;
    }
  }

  async function ended(running: Child, signal: AbortSignal): Promise<string> {
    if (withinMs === undefined) return abortable(running.gone, signal);
    const over = new AbortController();
    const late = wait(withinMs, undefined, over).then(() => {
      throw taskTooLong(name, withinMs, more(running), log);
    });
    return abortable(Promise.race([running.gone, late]), signal).finally(() => over.abort());
  }

  function conclude(ending: Ending): void {
    if (ending.wanted) change({ type: 'stop' });
    change({ type: 'exit', exit: ending.exit });
    child = undefined;
    journal.tell(hasEnded(name, ending));
  }

  return {
    name,
    role: 'task',
    foreign: true,
    get state() {
      return state;
    },
    get child() {
      return child;
    },
    async start(signal) {
      if (state.id === 'starting') throw alreadyRunning(name);
      killed = false;
      stopping = new AbortController();
      running = run(AbortSignal.any([signal, stopping.signal]));
      await running;
    },
    async stop() {
      stopping?.abort(killedWhileStarting(name));
      await running.catch(() => {});
    },
    async kill() {
      if (!child) throw notRunning(name);
      killed = true;
      child.kill();
      await running.catch(() => {});
    },
    async pause() {
      throw notRunning(name);
    },
    async resume() {
      throw notRunning(name);
    },
  };
}
