import { homedir } from 'node:os';
import { execaNode } from 'execa';
import type { Problem } from '../problem.ts';
import { type FromChild, fromChild, type ToChild } from '../protocol/control.ts';
import type { Output } from './output.ts';
import { ChildGone, fromRecord, noAnswer } from './problems.ts';
import { processGroup } from './process-group.ts';

/** `Omit` that keeps the members of a union apart. */
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type Request = WithoutId<ToChild>;
export type Answer = Extract<FromChild, { type: 'ready' | 'done' }>;

/** What a child may know of our environment; never more than that, so no secret reaches a child by accident. */
export interface ChildEnvironment {
  readonly PATH?: string | undefined;
  readonly HOME?: string | undefined;
  readonly USER?: string | undefined;
  readonly LOGNAME?: string | undefined;
  readonly SHELL?: string | undefined;
  readonly LANG?: string | undefined;
  readonly LC_ALL?: string | undefined;
  readonly TZ?: string | undefined;
  readonly TMPDIR?: string | undefined;
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
  /** Asks it and all that it started by a signal to end, where it cannot be asked by a message; ours are told to `stop`. */
  end(signal: NodeJS.Signals): void;
  /** SIGKILL to it and all that it started. The reason is what those who wait for it are told. */
  kill(reason?: Problem): void;
}

/** Starts a Node script in a process group of its own, with an IPC channel. It ends when we do, at the latest. */
export function spawnChild(
  file: string,
  environment: ChildEnvironment,
  nodeOptions: readonly string[] = [],
): Child {
  const child = execaNode(file, [], {
    buffer: false,
    stdin: 'ignore',
    serialization: 'json',
    // A group of its own: a signal for us is not one for it, and what it starts ends with it.
    killDescendants: true,
    forceKillAfterDelay: false,
    extendEnv: false,
    env: { HOME: homedir(), ...environment },
    nodeOptions: [...nodeOptions],
    reject: false,
  });
  const { nodeChildProcess: raw } = child;
  const waiting = new Map<number, { answer: (answer: Answer) => void; fail: (problem: Problem) => void }>();
  let lastId = 0;
  let doorbell: (() => void) | undefined;
  const greeted = Promise.withResolvers<void>();
  greeted.promise.catch(() => {});

  const group = processGroup(child, {
    onExit(exit, lastLines) {
      const problem = new ChildGone(exit, lastLines);
      greeted.reject(problem);
      for (const { fail } of waiting.values()) fail(problem);
      waiting.clear();
    },
  });
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

  return {
    pid: group.pid,
    output: group.output,
    get exit() {
      return group.exit;
    },
    gone: group.gone,
    hello: greeted.promise,
    ask(request, withinMs) {
      return new Promise((resolve, reject) => {
        const { exit } = group;
        if (exit !== undefined) return reject(new ChildGone(exit, group.output.lastLines()));
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
    pause: group.pause,
    resume: group.resume,
    get wasPaused() {
      return group.wasPaused;
    },
    end: group.signal,
    kill(reason) {
      if (reason) greeted.reject(reason);
      group.signal('SIGKILL');
    },
  };
}
