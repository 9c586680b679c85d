import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { targetOf } from '../journal/files.ts';
import { Problem } from '../problem.ts';
import type { JournalTarget } from '../protocol/control.ts';
import { abortable } from './abortable.ts';
import type { Answer, Child, Request } from './child-process.ts';
import { type Ending, hasEnded } from './ending.ts';
import { leaseChild } from './lease-child.ts';
import type { InstanceOptions, ManagedInstance } from './managed-instance.ts';
import {
  alreadyRunning,
  ChildGone,
  cannotStart,
  diedWhileStarting,
  killedWhileStarting,
  notPaused,
  notReady,
  notRunning,
} from './problems.ts';
import { next, type ProcessChange, type ProcessState } from './process-state.ts';

/** So much longer than the start itself may take, so that the start says why it was too long. */
const answerSlackMs = 1000;

const portPauseMs = 50;

export function manageInstance(options: InstanceOptions): ManagedInstance {
  const { name, role, processes, journal, waiting, isClean = (exit) => exit === 'exit code 0' } = options;
  const log = join(options.runFolder, 'logs', `${name}.log`);
  let state: ProcessState = { id: 'stopped' };
  let child: Child | undefined;
  let target: JournalTarget | undefined;
  let generation = 0;
  let killed = false;
  // Starts and stops wait for one another.
  let turn: Promise<void> = Promise.resolve();

  function inTurn(task: () => Promise<void>): Promise<void> {
    const done = turn.then(task);
    turn = done.catch(() => {});
    return done;
  }

  const change = (to: ProcessChange): Promise<void> => {
    state = next(state, to);
    return options.onChange?.().catch(() => {}) ?? Promise.resolve();
  };

  async function start(signal: AbortSignal): Promise<void> {
    if (state.id !== 'stopped' && state.id !== 'failed') throw alreadyRunning(name);
    generation += 1;
    killed = false;
    change({ type: 'start', at: performance.now() });
    journal.tell({ type: 'process', name, state: 'starting' });
    try {
      child = await leaseChild(processes, log, signal);
      if (killed) throw killedWhileStarting(name);
      await bringUp(child, signal);
    } catch (thrown) {
      const problem = explain(thrown, signal);
      const lastLines = child?.output.lastLines() ?? [];
      // Half started is nothing that could end in order.
      child?.kill();
      await child?.gone;
      const exit = child?.exit ?? 'never ready';
      await conclude({ exit, lastLines, wanted: killed || signal.aborted });
      throw problem;
    }
  }

  /**
   * Nobody can hold the port of an earlier start but a connection that was given it by chance as its own end; that one
   * goes away.
   */
  async function configure(started: Child, request: Request, signal: AbortSignal): Promise<Answer> {
    for (;;) {
      try {
        return await started.ask(request, options.startMs + answerSlackMs);
      } catch (thrown) {
        const again = generation > 1 && thrown instanceof Problem && thrown.code === 'port-taken';
        if (!again) throw thrown;
        await wait(portPauseMs, undefined, { signal });
      }
    }
  }

  async function bringUp(started: Child, signal: AbortSignal): Promise<void> {
    const life = new AbortController();
    void started.gone.then((exit) => {
      life.abort(new ChildGone(exit, started.output.lastLines()));
      void inTurn(() => missed(started, exit));
    });
    const config = await abortable(options.settings(), AbortSignal.any([signal, life.signal]));
    const mine = targetOf(options.runFolder, name, generation);
    if (options.tells !== false) {
      target = mine;
      journal.follow(mine);
      started.onDoorbell(() => journal.ring(mine));
    }

    const late = AbortSignal.timeout(options.startMs);
    const any = AbortSignal.any([signal, life.signal, late]);
    let seen = 'it has not answered its settings';
    try {
      const request = { type: 'configure', journal: mine, config } as const;
      const answer = await abortable(configure(started, request, any), any);
      const url = await abortable(options.configured(answer), any);
      const note = (sentence: string) => {
        seen = sentence;
      };
      const attempt = { child: started, url, signal: any, seen: note };
      await (options.untilReady && abortable(options.untilReady(attempt), any));
      change({ type: 'ready', at: performance.now(), url });
      journal.tell({
        type: 'process',
        name,
        state: 'ready',
        ...(started.pid !== undefined && { pid: started.pid }),
        ...(url !== undefined && { url }),
        ...(state.id === 'ready' && { start_ms: state.startMs }),
      });
    } catch (thrown) {
      if (!late.aborted || signal.aborted || life.signal.aborted) throw thrown;
      const lastLines = started.output.lastLines();
      throw notReady(name, { ms: options.startMs, lastLines, waiting, seen, log });
    }
  }

  /** What made a start fail, with the name of who could not start. */
  function explain(thrown: unknown, signal: AbortSignal): unknown {
    if (killed) return killedWhileStarting(name);
    if (signal.aborted) return signal.reason;
    if (thrown instanceof ChildGone) return diedWhileStarting(name, thrown, { waiting, log });
    if (!(thrown instanceof Problem) || thrown.code === 'not-ready') return thrown;
    return cannotStart(name, thrown, waiting);
  }

  /** It is gone and nobody asked for it: told once it is known what it wrote. */
  async function missed(gone: Child, exit: string): Promise<void> {
    if (child !== gone || (state.id !== 'ready' && state.id !== 'paused')) return;
    const lastLines = gone.output.lastLines();
    await conclude({ exit, lastLines, wanted: false });
    options.onDeath({ name, exit, lastLines });
  }

  async function conclude(ending: Ending): Promise<void> {
    if (ending.wanted) change({ type: 'stop' });
    change({ type: 'exit', exit: ending.exit });
    child = undefined;
    if (target) await journal.leave(target);
    target = undefined;
    journal.tell(hasEnded(name, ending));
  }

  async function stop(): Promise<void> {
    if (!child || (state.id !== 'ready' && state.id !== 'paused')) return;
    // Whatever is to end in order has to run.
    child.resume();
    const known = change({ type: 'stop' });
    journal.tell({ type: 'process', name, state: 'stopping' });
    await known;
    const stopping = child;
    await processes.giveBack(stopping);
    const exit = stopping.exit ?? 'released';
    if (stopping.exit !== undefined && !isClean(stopping.exit) && !killed) {
      const last = stopping.output.lastLines().at(-1);
      const text = `${name} did not stop in order (${exit})${last ? `: ${last}` : '.'}`;
      journal.tell({ type: 'note', level: 'warn', code: 'unclean-stop', text });
    }
    await conclude({ exit, lastLines: [], wanted: true });
  }

  async function pause(): Promise<void> {
    if (!child || state.id !== 'ready') throw notRunning(name);
    child.pause();
    change({ type: 'pause' });
    journal.tell({ type: 'process', name, state: 'paused' });
  }

  async function resume(): Promise<void> {
    if (!child || state.id !== 'paused') throw notPaused(name);
    child.resume();
    change({ type: 'resume' });
    journal.tell({ type: 'process', name, state: 'ready' });
  }

  return {
    name,
    role,
    foreign: options.foreign ?? false,
    get state() {
      return state;
    },
    get child() {
      return child;
    },
    start: (signal) => inTurn(() => start(signal)),
    stop: () => inTurn(stop),
    pause: () => inTurn(pause),
    resume: () => inTurn(resume),
    async kill() {
      if (state.id !== 'ready' && state.id !== 'paused' && state.id !== 'starting') throw notRunning(name);
      killed = true;
      child?.kill();
      await inTurn(async () => {
        if (!child) return;
        await child.gone;
        await conclude({ exit: child.exit ?? 'SIGKILL', lastLines: [], wanted: true });
      });
    },
  };
}
