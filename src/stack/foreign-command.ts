/**
 * A command of the user's own that runs as a part of the stack: a backend or a page in a user's place, a service, or a
 * task. Plain data, so that it can be written down as JSON.
 */
export interface ForeignCommand {
  /** A string is given to `sh -c`, so that `$PORT` works in it; a list is run as it is. */
  readonly command: string | readonly string[];
  /** Where it runs; absolute. */
  readonly cwd: string;
  /** Added to its environment, and stronger than what the stack says. */
  readonly env: Readonly<Record<string, string>>;
  /** When it is ready; undefined: as soon as it runs, and a task when it has ended with 0. */
  readonly ready: ReadyProbe | undefined;
  readonly restart: RestartPolicy;
  readonly stop: { readonly signal: StopSignal; readonly graceMs: number };
  /** By name: what has to be so before it is started. */
  readonly dependsOn: Readonly<Record<string, DependsOn>>;
}

export type RestartPolicy = 'never' | 'on-failure' | 'always';
export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGQUIT' | 'SIGKILL';
export type DependsOn = 'ready' | 'started' | 'completed';

export type ReadyProbe =
  /** A path on its `$PORT`, or a whole URL, is answered with 2xx or 3xx. */
  | { readonly http: string; readonly withinMs: number }
  /** Its `$PORT`, or another port of this machine, takes a connection. */
  | { readonly tcp: true | number; readonly withinMs: number }
  /** It has printed a line that contains this. */
  | { readonly log: string; readonly withinMs: number };
