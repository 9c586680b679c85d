import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import type { Census } from '../protocol/census.ts';
import type { Answer, Child } from './child-process.ts';
import { output } from './output.ts';
import { ChildGone, noAnswer } from './problems.ts';
import { processGroup } from './process-group.ts';

export interface ServerOptions {
  readonly log: string;
  /** Where it is going to listen, if anywhere. */
  readonly url?: string | undefined;
  readonly cwd?: string | undefined;
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** How it says what it has under way; absent: it cannot. */
  readonly census?: (() => Promise<Census | undefined>) | undefined;
}

/**
 * Starts a program that is not ours, as a child that serves one thing all its life: of what children are asked it only
 * answers `configure`, at once, and `census` where there is a way. It has no channel to us, so a guard ends it and all that it started when we die.
 */
export function spawnServer(
  file: string,
  args: readonly string[],
  { log, url, cwd, environment, census }: ServerOptions,
): Child {
  const out = output();
  // First: where it cannot be written, nothing is started.
  out.moveTo(log);
  const group = processGroup(
    execa(file, args, {
      buffer: false,
      stdin: 'ignore',
      killDescendants: true,
      forceKillAfterDelay: false,
      extendEnv: false,
      env: environment,
      ...(cwd !== undefined && { cwd }),
      reject: false,
    }),
    { mortal: true, out },
  );
  void group.gone.then(() => out[Symbol.dispose]());
  return {
    pid: group.pid,
    output: out,
    get exit() {
      return group.exit;
    },
    gone: group.gone,
    hello: Promise.resolve(),
    async ask({ type }): Promise<Answer> {
      if (type === 'census' && census) return { type: 'done', id: 0, census: await census() };
      if (type !== 'configure') throw noAnswer(type, 0);
      if (group.exit !== undefined) throw new ChildGone(group.exit, out.lastLines());
      return { type: 'ready', id: 0, ...(url !== undefined && { url }) };
    },
    onDoorbell() {},
    pause: group.pause,
    resume: group.resume,
    get wasPaused() {
      return group.wasPaused;
    },
    end: group.signal,
    kill: () => group.signal('SIGKILL'),
  };
}

/** Asks it and all that it started to end, and ends by SIGKILL what is left after the grace; resolves when all is gone. */
export async function endServer(
  child: Child,
  { signal, graceMs }: { readonly signal: NodeJS.Signals; readonly graceMs: number },
): Promise<void> {
  child.resume();
  child.end(signal);
  const over = new AbortController();
  await Promise.race([child.gone, wait(graceMs, undefined, over)]).finally(() => over.abort());
  child.kill();
  await child.gone;
}
