import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../problem.ts';
import { guardGroup } from './group-guard.ts';
import { type Output, output } from './output.ts';

/** A process of execa's with `killDescendants`: the leader of a group, whose `kill` is for the whole group. */
export interface Leader extends PromiseLike<unknown> {
  readonly pid?: number | undefined;
  readonly nodeChildProcess: ChildProcess;
  readonly stdout: Readable;
  readonly stderr: Readable;
  kill(signal: NodeJS.Signals | 0): boolean;
}

/** A process and everything that it started. */
export interface ProcessGroup {
  readonly pid: number | undefined;
  readonly output: Output;
  /** In words, once its leader has ended: `exit code 1`, `SIGKILL`. */
  readonly exit: string | undefined;
  /** Resolves, never rejects, when all of it is gone. */
  readonly gone: Promise<string>;
  /** To all of it, and to nobody once it is empty: the number may be another group's by then. */
  signal(name: NodeJS.Signals): void;
  pause(): void;
  resume(): void;
  readonly wasPaused: boolean;
}

export interface GroupOptions {
  /** Its leader has ended, and what it said last is known. */
  readonly onExit?: (exit: string, lastLines: readonly string[]) => void;
  /** It does not notice by itself that we are gone, so a guard ends all of it when we die. */
  readonly mortal?: boolean;
  /** Where what it prints goes; absent: to one of its own. */
  readonly out?: Output;
}

/** How long the output of a process that is gone may take to arrive. */
const drainMs = 100;

/** How long the group of a process that is gone may take to empty by itself, and again after a SIGKILL. */
const groupGraceMs = 500;

/** Drains the output of a process, and looks after it until all that it started is gone. */
export function processGroup(leader: Leader, options: GroupOptions = {}): ProcessGroup {
  const { onExit, mortal = false, out = output() } = options;
  const { nodeChildProcess: raw, pid } = leader;
  let exit: string | undefined;
  let paused: Disposable | undefined;
  let wasPaused = false;
  let isOver = false;
  const deadly = mortal && pid !== undefined ? guardGroup(pid, 'KILL') : undefined;

  leader.stdout.on('data', out.write);
  leader.stderr.on('data', out.write);

  // Not execa's own promise: that one also waits for whoever else holds the child's stdout.
  const ended = new Promise<string>((resolve) => {
    raw.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    raw.once('error', (error) => raw.pid === undefined && resolve(messageOf(error)));
  });

  async function untilGone(): Promise<string> {
    exit = await ended;
    paused?.[Symbol.dispose]();
    // What it said last is still in the pipe.
    await Promise.race([leader, wait(drainMs)]);
    onExit?.(exit, out.lastLines());
    await untilGroupIsEmpty();
    return exit;
  }

  async function untilGroupIsEmpty(): Promise<void> {
    if (await isGroupEmptyWithin(groupGraceMs)) return;
    leader.kill('SIGKILL');
    // What is left then runs nothing any more: it only waits for init to read its exit.
    await isGroupEmptyWithin(groupGraceMs);
  }

  async function isGroupEmptyWithin(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (pid !== undefined && leader.kill(0)) {
      if (performance.now() > deadline) return false;
      await wait(10);
    }
    return true;
  }

  const signal = (name: NodeJS.Signals): void => void (isOver || leader.kill(name));

  const gone = untilGone().finally(() => {
    isOver = true;
    deadly?.[Symbol.dispose]();
  });
  return {
    pid,
    output: out,
    get exit() {
      return exit;
    },
    gone,
    signal,
    pause() {
      if (pid === undefined || exit !== undefined) return;
      wasPaused = true;
      paused ??= guardGroup(pid, 'CONT');
      signal('SIGSTOP');
    },
    resume() {
      if (!paused) return;
      signal('SIGCONT');
      paused[Symbol.dispose]();
      paused = undefined;
    },
    get wasPaused() {
      return wasPaused;
    },
  };
}
