import { spawn } from 'node:child_process';
import type { Answer, Child } from './child-process.ts';
import { output } from './output.ts';
import { guardGroup } from './paused-guard.ts';
import { ChildGone, noAnswer } from './problems.ts';

export interface ServerOptions {
  readonly log: string;
  readonly url: string;
  /** Resolves when it serves. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
}

/**
 * A server that is not ours, as a child that serves one thing all its life: of what children are asked it only answers
 * `configure`, when it is ready. It has no channel to us, so a guard ends it when we die.
 */
export function spawnServer(
  file: string,
  args: readonly string[],
  { log, url, ready }: ServerOptions,
): Child {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: {} });
  const out = output();
  out.moveTo(log);
  child.stdout.on('data', out.write);
  child.stderr.on('data', out.write);
  const mortal = child.pid === undefined ? undefined : guardGroup(child.pid, 'KILL');
  let paused: Disposable | undefined;
  let wasPaused = false;
  let exit: string | undefined;
  const over = new AbortController();

  const gone = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      exit ??= how;
      over.abort();
      paused?.[Symbol.dispose]();
      mortal?.[Symbol.dispose]();
      out[Symbol.dispose]();
      resolve(exit);
    };
    child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
    child.once('error', (error) => child.pid === undefined && end(error.message));
  });
  const signal = (name: NodeJS.Signals): void => {
    if (exit === undefined) child.kill(name);
  };

  return {
    pid: child.pid,
    output: out,
    get exit() {
      return exit;
    },
    gone,
    hello: Promise.resolve(),
    async ask({ type }, withinMs): Promise<Answer> {
      if (type !== 'configure') throw noAnswer(type, 0);
      const late = AbortSignal.timeout(withinMs);
      const dead = gone.then((how) => {
        throw new ChildGone(how, out.lastLines());
      });
      await Promise.race([ready(AbortSignal.any([late, over.signal])), dead]);
      return { type: 'ready', id: 0, url };
    },
    onDoorbell() {},
    pause() {
      if (child.pid === undefined || exit !== undefined) return;
      wasPaused = true;
      paused ??= guardGroup(child.pid, 'CONT');
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
    end: () => signal('SIGTERM'),
    kill: () => signal('SIGKILL'),
  };
}
