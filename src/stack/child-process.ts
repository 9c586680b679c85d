import { homedir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { execaNode } from 'execa';
import { messageOf, type Problem } from '../problem.ts';
import { type FromChild, fromChild, type ToChild } from '../protocol/control.ts';
import { type Output, output } from './output.ts';
import { guardPaused } from './paused-guard.ts';
import { ChildGone, fromRecord, noAnswer } from './problems.ts';

/** `Omit` that keeps the members of a union apart. */
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type Request = WithoutId<ToChild>;
export type Answer = Extract<FromChild, { type: 'ready' | 'done' }>;

/** What a child may know of our environment; never more than that, so no secret reaches a child by accident. */
export interface ChildEnvironment {
  readonly PATH?: string | undefined;
  readonly HOME?: string | undefined;
  /** Where V8 keeps compiled code, in the user's cache folder: saves most of a child's loading time. */
  readonly NODE_COMPILE_CACHE?: string | undefined;
}

/** One of our child processes, before, while and after it serves something. */
export interface Child {
  readonly pid: number | undefined;
  readonly output: Output;
  /** In words, once it has ended: `exit code 1`, `SIGKILL`. */
  readonly exit: string | undefined;
  /** Resolves, never rejects, when the process and everything that it started is gone. */
  readonly gone: Promise<string>;
  /** Resolves when it listens; rejects with a Problem if it dies before. */
  readonly hello: Promise<void>;
  /** Asks and awaits the answer: rejects with the child's Problem, or one about its death or its silence. */
  ask(request: Request, withinMs: number): Promise<Answer>;
  onDoorbell(listener: (() => void) | undefined): void;
  /** SIGSTOP to it and all that it started: it does nothing more, and its connections stay as they are. */
  pause(): void;
  /** SIGCONT; one that is not paused is left as it is. */
  resume(): void;
  /** It was paused at some time: nobody can say what it has missed. */
  readonly wasPaused: boolean;
  /** SIGTERM to it, for a server that is asked nothing; ours are asked to `stop`. */
  end(): void;
  /** SIGKILL to it and all that it started. The reason is what those who wait for it are told. */
  kill(reason?: Problem): void;
}

/** How long the output of a process that is gone may take to arrive. */
const drainMs = 100;

/** How long the group of a process that is gone may take to empty by itself, and again after a SIGKILL. */
const groupGraceMs = 500;

/** Starts a Node script in a process group of its own, with an IPC channel. It ends when we do, at the latest. */
export function spawnChild(file: string, environment: ChildEnvironment): Child {
  const child = execaNode(file, [], {
    buffer: false,
    stdin: 'ignore',
    serialization: 'json',
    // A group of its own: a signal for us is not one for it, and what it starts ends with it.
    killDescendants: true,
    forceKillAfterDelay: false,
    extendEnv: false,
    env: { HOME: homedir(), ...environment },
    nodeOptions: [],
    reject: false,
  });
  const { nodeChildProcess: raw } = child;
  const out = output();
  const waiting = new Map<number, { answer: (answer: Answer) => void; fail: (problem: Problem) => void }>();
  let lastId = 0;
  let doorbell: (() => void) | undefined;
  let exit: string | undefined;
  let guard: Disposable | undefined;
  let wasPaused = false;
  let isOver = false;
  const greeted = Promise.withResolvers<void>();
  greeted.promise.catch(() => {});

  child.stdout.on('data', out.write);
  child.stderr.on('data', out.write);
  raw.on('message', (message: unknown) => {
    const parsed = fromChild.safeParse(message);
    if (!parsed.success) return;
    hear(parsed.data);
  });

  function hear(message: FromChild): void {
    switch (message.type) {
      case 'hello':
        greeted.resolve();
        return;
      case 'doorbell':
        doorbell?.();
        return;
      case 'ready':
      case 'done':
        waiting.get(message.id)?.answer(message);
        break;
      case 'failed':
        waiting.get(message.id)?.fail(fromRecord(message.problem));
        break;
      default:
        message satisfies never;
        return;
    }
    waiting.delete(message.id);
  }

  // Not execa's own promise: that one also waits for whoever else holds the child's stdout.
  const ended = new Promise<string>((resolve) => {
    raw.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    raw.once('error', (error) => raw.pid === undefined && resolve(messageOf(error)));
  });

  async function untilGone(): Promise<string> {
    exit = await ended;
    guard?.[Symbol.dispose]();
    // What it said last is still in the pipe.
    await Promise.race([child, wait(drainMs)]);
    const problem = new ChildGone(exit, out.lastLines());
    greeted.reject(problem);
    for (const { fail } of waiting.values()) fail(problem);
    waiting.clear();
    await untilGroupIsEmpty();
    return exit;
  }

  async function untilGroupIsEmpty(): Promise<void> {
    if (await isGroupEmptyWithin(groupGraceMs)) return;
    child.kill('SIGKILL');
    // What is left then runs nothing any more: it only waits for init to read its exit.
    await isGroupEmptyWithin(groupGraceMs);
  }

  async function isGroupEmptyWithin(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (child.pid !== undefined && child.kill(0)) {
      if (performance.now() > deadline) return false;
      await wait(10);
    }
    return true;
  }

  /** To its group, and to nobody once that is empty: the number may be another group's by then. */
  const signal = (name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => void (isOver || child.kill(name));

  const gone = untilGone().finally(() => {
    isOver = true;
  });
  return {
    pid: child.pid,
    output: out,
    get exit() {
      return exit;
    },
    gone,
    hello: greeted.promise,
    ask(request, withinMs) {
      return new Promise((resolve, reject) => {
        if (exit !== undefined) return reject(new ChildGone(exit, out.lastLines()));
        lastId += 1;
        const id = lastId;
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(noAnswer(request.type, withinMs));
        }, withinMs);
        waiting.set(id, {
          answer(answer) {
            clearTimeout(timer);
            resolve(answer);
          },
          fail(problem) {
            clearTimeout(timer);
            reject(problem);
          },
        });
        // A channel that is closed means that the exit is about to be told.
        raw.send({ ...request, id }, () => {});
      });
    },
    onDoorbell(listener) {
      doorbell = listener;
    },
    pause() {
      if (child.pid === undefined || exit !== undefined) return;
      wasPaused = true;
      guard ??= guardPaused(child.pid);
      signal('SIGSTOP');
    },
    resume() {
      if (!guard) return;
      signal('SIGCONT');
      guard[Symbol.dispose]();
      guard = undefined;
    },
    get wasPaused() {
      return wasPaused;
    },
    end() {
      child.kill('SIGTERM');
    },
    kill(reason) {
      if (reason) greeted.reject(reason);
      signal('SIGKILL');
    },
  };
}
