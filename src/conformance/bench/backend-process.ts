import { homedir } from 'node:os';
import { endServer, spawnServer } from '../../stack/server-process.ts';

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
  let life: ReturnType<typeof spawnServer> | undefined;
  return {
    get running() {
      return life !== undefined && life.exit === undefined;
    },
    get exit() {
      return life?.exit;
    },
    get lastLines() {
      return life?.output.lastLines() ?? [];
    },
    start(more = {}) {
      const [file = 'sh', ...args] = typeof command === 'string' ? ['sh', '-c', command] : command;
      const environment = Object.entries({ HOME: homedir(), ...env, ...more }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      );
      life = spawnServer(file, args, { log, cwd, environment: Object.fromEntries(environment) });
    },
    async kill() {
      life?.kill();
      await life?.gone;
    },
    async [Symbol.asyncDispose]() {
      if (life) await endServer(life, { signal: 'SIGTERM', graceMs });
    },
  };
}
