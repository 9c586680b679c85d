import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { onTestFailed } from 'vitest';
import { endMark } from '../../src/journal/end-mark.ts';

export const root = join(import.meta.dirname, '../..');
export const bin = join(root, 'bin/collab-dev.js');

/** Children notice within milliseconds; a loaded machine may take many seconds to let them. */
const goneWithinMs = 30_000;
const startsWithinMs = 30_000;

/** For tests that start whole stacks, on a machine that does other things too. */
export const commandTestMs = 120_000;

/** A folder of its own for commands to run in, with every process that was ever started in it. */
export async function aFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'collab-dev-cli-'));
  return {
    path: folder,

    write: (name: string, text: string) => writeFile(join(folder, name), text),

    /** Runs a command to its end. */
    run: (args: readonly string[], env: Environment = {}): Promise<Outcome> =>
      start(folder, process.execPath, [bin, ...args], env).ended,

    /** Starts a command that stays, with its stdout line by line. */
    start: (args: readonly string[], env: Environment = {}): Running =>
      start(folder, process.execPath, [bin, ...args], env),

    /** Any other command line, like a shell that runs ours. */
    startOther: (file: string, args: readonly string[], env: Environment = {}): Running =>
      start(folder, file, args, env),

    /** The processes of this folder that run now: by where they run, or what they were told. */
    processes: () => processesOf(folder),

    /** Resolves with the first process whose command line matches. */
    async untilRunning(command: RegExp): Promise<number> {
      for (const start = performance.now(); ; ) {
        const running = await processesOf(folder);
        const found = running.find((one) => command.test(one.command));
        if (found) return found.pid;
        if (performance.now() - start > startsWithinMs)
          throw new Error(`Nothing matched ${command}. There ran:\n${running.map(show).join('\n')}`);
        await wait(5);
      }
    },

    /**
     * Resolves when none is left (of those whose command line matches). The bound is generous: it has to tell what goes
     * away by itself from what stays.
     */
    async untilEmpty(of = /./, withinMs = goneWithinMs): Promise<void> {
      const start = performance.now();
      for (;;) {
        const left = (await processesOf(folder)).filter(({ command }) => of.test(command));
        const ms = performance.now() - start;
        if (left.length === 0) return;
        if (ms > withinMs) throw new Error(`Still there after ${withinMs} ms:\n${left.map(show).join('\n')}`);
        await wait(20);
      }
    },

    /** Journals of the newest run whose writer did not come to close them: it was killed. */
    async unclosedJournals(): Promise<string[]> {
      const journals = join(folder, '.collab-dev/runs/latest/journal');
      const files = await readdir(journals);
      const texts = await Promise.all(files.map((file) => readFile(join(journals, file), 'utf8')));
      return files.filter((_, index) => !texts[index]?.endsWith(`"type":"${endMark.type}"}\n`));
    },

    async [Symbol.asyncDispose]() {
      // A test that failed half-way must not leave a stack behind.
      for (const { pid } of await processesOf(folder)) killQuietly(pid);
      // Whoever is just being killed may still write.
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Nothing of the terminal or the CI that these tests run in. */
const quiet = {
  CI: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  COLLAB_DEV_TUI: undefined,
  TERM: 'xterm',
};

function spawn(cwd: string, file: string, args: readonly string[], env: Environment) {
  const shown = process.env.COLLAB_SHOW_OUTPUT === '1';
  return execa(file, args, {
    cwd,
    reject: false,
    env: { ...quiet, ...env },
    stdin: 'pipe',
    stdout: shown ? ['pipe', 'inherit'] : 'pipe',
    stderr: shown ? ['pipe', 'inherit'] : 'pipe',
  });
}

type Spawned = ReturnType<typeof spawn>;

function start(cwd: string, file: string, args: readonly string[], env: Environment): Running {
  return follow([file, ...args].join(' '), spawn(cwd, file, args, env));
}

async function outcome(child: Spawned): Promise<Outcome> {
  const { stdout, stderr, exitCode, signal } = await child;
  return { stdout: String(stdout), stderr: String(stderr), exitCode, signal };
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

export interface Running {
  readonly stdin: Writable;
  readonly ended: Promise<Outcome>;
  readonly pid: number;
  readonly lines: readonly string[];
  /** Resolves with the first line, past or to come, that matches; rejects when the output ends without it. */
  line(pattern: RegExp): Promise<string>;
  /** Resolves when anything on stdout, whole lines or not, matches; rejects when the output ends without it. */
  seen(pattern: RegExp): Promise<void>;
  /** The same for stderr. */
  said(pattern: RegExp): Promise<void>;
}

function follow(command: string, child: Spawned): Running {
  const end = outcome(child);
  const lines: string[] = [];
  let ended = false;
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const { stdin, stdout, stderr, pid } = child;
  if (pid === undefined) throw new Error('The command did not start.');
  const text = { stdout: '', stderr: '' };
  for (const [name, stream] of [['stdout', stdout] as const, ['stderr', stderr] as const]) {
    stream.on('data', (chunk: Buffer) => {
      text[name] += chunk.toString();
      change();
    });
  }
  let how = 'still runs';
  const reader = createInterface({ input: stdout });
  void Promise.all([end, once(reader, 'close')]).then(([{ exitCode, signal }]) => {
    how = `ended with ${signal ?? `exit code ${exitCode}`}`;
    ended = true;
    change();
  });
  tellWhenFailed(() => `${command}\n${how}. On stdout:\n${text.stdout}\nOn stderr:\n${text.stderr}`);
  const matches = async (name: keyof typeof text, pattern: RegExp): Promise<void> => {
    while (!pattern.test(text[name])) {
      if (ended) throw new Error(`Nothing matched ${pattern} on ${name}. There was:\n${text[name]}`);
      await changed.promise;
    }
  };
  reader.on('line', (line) => {
    lines.push(line);
    change();
  });
  return {
    stdin,
    ended: end,
    pid,
    lines,
    async line(pattern) {
      for (let next = 0; ; ) {
        const found = lines.slice(next).find((line) => pattern.test(line));
        if (found !== undefined) return found;
        next = lines.length;
        if (ended) {
          const { stderr } = await end;
          throw new Error(
            `No line matched ${pattern}. There were:\n${lines.join('\n')}\nand on stderr:\n${stderr}`,
          );
        }
        await changed.promise;
      }
    },
    seen: (pattern) => matches('stdout', pattern),
    said: (pattern) => matches('stderr', pattern),
  };
}

/** What is told of each command of a test that failed: its end, where the reason mostly is. */
const mostTold = 6000;

/**
 * Prints what a command has said so far when the test fails that started it, wherever it fails: a failure that comes
 * once has to be understood from its log.
 */
function tellWhenFailed(told: () => string): void {
  try {
    onTestFailed(() => void process.stderr.write(`\n${told().slice(-mostTold)}\n`));
  } catch {
    // Started for several tests at once.
  }
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

const show = ({ pid, command }: Process): string => `${pid} ${command}`;

/** Looks through /proc for processes whose folder, arguments or environment name a path. */
async function processesOf(path: string): Promise<Process[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const read = (name: string, file: string) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '');
  const found = await Promise.all(
    names.map(async (name) => {
      const command = (await read(name, 'cmdline')).replaceAll('\0', ' ').trim();
      const facts = [
        command,
        await readlink(`/proc/${name}/cwd`).catch(() => ''),
        await read(name, 'environ'),
      ];
      // A zombie has an empty command line: nothing of it runs.
      return command !== '' && facts.some((fact) => fact.includes(path))
        ? [{ pid: Number(name), command }]
        : [];
    }),
  );
  return found.flat();
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in the meantime.
  }
}
