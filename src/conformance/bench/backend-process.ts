import { homedir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { Problem } from '../../problem.ts';
import { guardGroup } from '../../stack/group-guard.ts';
import { output } from '../../stack/output.ts';

/** A string is given to `sh -c`, a list is run as it is. */
export type CommandLine = string | readonly string[];

export interface BackendProcessOptions {
  readonly command: CommandLine;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Everything that it prints is appended there. */
  readonly log: string;
}

/** The tested backend, where this command starts it itself: over the checks it may live several lives. */
export interface BackendProcess extends AsyncDisposable {
  readonly running: boolean;
  /** In words, once it has ended: `exit code 1`. */
  readonly exit: string | undefined;
  readonly lastLines: readonly string[];
  /** Starts it; does not wait until it serves. `env` is stronger than the usual one. */
  start(env?: Readonly<Record<string, string | undefined>>): void;
  /** SIGKILL to it and all that it started; resolves when they are gone. */
  kill(): Promise<void>;
}

/** How long a backend that is asked to end may take, in milliseconds. */
const graceMs = 3000;

export function backendProcess({ command, cwd, env, log }: BackendProcessOptions): BackendProcess {
  const out = output();
  out.moveTo(log);
  let life:
    | { readonly end: (signal: 'SIGTERM' | 'SIGKILL') => void; readonly gone: Promise<void> }
    | undefined;
  let exit: string | undefined;

  function start(more: Readonly<Record<string, string | undefined>> = {}): void {
    const [file = 'sh', ...args] = typeof command === 'string' ? ['sh', '-c', command] : command;
    exit = undefined;
    const child = execa(file, args, {
      cwd,
      buffer: false,
      stdin: 'ignore',
      killDescendants: true,
      forceKillAfterDelay: false,
      extendEnv: false,
      env: { HOME: homedir(), ...env, ...more },
      reject: false,
    });
    child.stdout.on('data', out.write);
    child.stderr.on('data', out.write);
    // If this command is killed, so is what it has started.
    const mortal = child.pid === undefined ? undefined : guardGroup(child.pid, 'KILL');
    const { nodeChildProcess: raw } = child;
    const gone = new Promise<string>((resolve) => {
      raw.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      raw.once('error', (error) => raw.pid === undefined && resolve(error.message));
    }).then(async (how) => {
      exit = how;
      for (let turn = 0; turn < 100 && child.pid !== undefined && child.kill(0); turn += 1) {
        if (turn === 50) child.kill('SIGKILL');
        await wait(10);
      }
      mortal?.[Symbol.dispose]();
    });
    life = { gone, end: (signal) => void child.kill(signal) };
  }

  return {
    get running() {
      return life !== undefined && exit === undefined;
    },
    get exit() {
      return exit;
    },
    get lastLines() {
      return out.lastLines();
    },
    start,
    async kill() {
      life?.end('SIGKILL');
      await life?.gone;
      life = undefined;
    },
    async [Symbol.asyncDispose]() {
      if (life && exit === undefined) {
        const { end, gone } = life;
        end('SIGTERM');
        await Promise.race([gone, wait(graceMs)]);
        if (exit === undefined) end('SIGKILL');
        await gone;
      }
      out[Symbol.dispose]();
    },
  };
}

export const diedAtStart = (how: string, lines: readonly string[]) =>
  new Problem({
    code: 'backend-died',
    message: `The backend ended (${how}) before it was ready.${lines.length > 0 ? ` It said:\n${lines.map((line) => `  ${line}`).join('\n')}` : ''}`,
    hint: 'Start it by hand with the same environment, or look at its log.',
  });
