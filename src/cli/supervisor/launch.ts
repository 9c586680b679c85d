import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../../problem.ts';
import type { RunSettings } from './settings.ts';

export interface LaunchOptions {
  /** The Node that runs it, and the bundle. */
  readonly node: string;
  readonly script: string;
  readonly folder: string;
  readonly settings: RunSettings;
  readonly env: NodeJS.ProcessEnv;
}

/** A supervisor in a session of its own, which now listens on the control socket of its folder. */
export interface LaunchedSupervisor {
  readonly pid: number;
  readonly log: string;
  /** Resolves when the process has ended, or `withinMs` is over. */
  ended(withinMs: number): Promise<void>;
  /** Ends it and everything of its process group, without asking. */
  kill(): void;
}

/** The descriptor on which a supervisor says that it listens, and sees us go before anybody owns it. */
export const handshakeFd = 3;

const lastLines = 20;

/**
 * Starts a supervisor and resolves when it listens. Its session is its own, so that Ctrl-C in this terminal is ours to
 * judge; what it prints goes to a file.
 */
export async function launchSupervisor(options: LaunchOptions): Promise<LaunchedSupervisor> {
  const { folder } = options;
  const log = join(folder, 'supervisor.log');
  await writeFile(join(folder, 'settings.json'), `${JSON.stringify(options.settings, null, 2)}\n`, {
    mode: 0o600,
  });

  await using logFile = await open(log, 'a', 0o600);
  const child = spawn(options.node, [options.script, folder], {
    cwd: options.settings.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', logFile.fd, logFile.fd, 'pipe'],
  });
  // The other end of a pipe at this place is always a socket of ours.
  const handshake = child.stdio[handshakeFd];
  const exited = once(child, 'exit');
  const failed = once(child, 'error').then(([error]) => cannotLaunch(options.node, error));
  exited.catch(() => {});
  const listens = handshake ? once(handshake, 'data').then(() => undefined) : Promise.resolve(undefined);
  listens.catch(() => {});

  const died = exited.then(async ([code, signal]) =>
    diedAtOnce(log, signal ?? `exit code ${code}`, await tail(log)),
  );
  const problem = await Promise.race([listens, failed, died]);
  if (problem) throw problem;
  const { pid } = child;
  if (pid === undefined) throw cannotLaunch(options.node, undefined);

  // It lives on its own from here: what we wait for is its socket.
  child.unref();
  unref(handshake);
  return {
    pid,
    log,
    async ended(withinMs) {
      child.ref();
      const late = new AbortController();
      await Promise.race([exited, wait(withinMs, undefined, late).catch(() => {})]);
      late.abort();
      child.unref();
    },
    kill: () => killGroup(pid),
  };
}

/** The last lines of a supervisor's log, for a problem that says why it is gone. */
export async function tail(log: string): Promise<readonly string[]> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).slice(-lastLines);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already, and that is what was wanted.
  }
}

function unref(stream: Duplex | NodeJS.ReadableStream | NodeJS.WritableStream | null | undefined): void {
  if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
}

const cannotLaunch = (node: string, cause: unknown) =>
  new Problem({ code: 'no-supervisor', message: `The supervisor cannot be started with ${node}.`, cause });

const diedAtOnce = (log: string, exit: string, lines: readonly string[]) =>
  new Problem({
    code: 'supervisor-died',
    message: [`The supervisor ended before it listened (${exit}).`, ...lines.map((line) => `  ${line}`)].join(
      '\n',
    ),
    hint: `Its log is ${log}.`,
  });

/** A supervisor that went without a word: a crash, or somebody's kill. */
export const supervisorDied = (log: string, lines: readonly string[]) =>
  new Problem({
    code: 'supervisor-died',
    message: [
      'The supervisor died; the stack has stopped with it.',
      ...lines.map((line) => `  ${line}`),
    ].join('\n'),
    hint: `Its log is ${log}.`,
  });
