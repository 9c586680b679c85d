import { mkdtempDisposable, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { endMark } from '../../src/journal/end-mark.ts';

export const root = join(import.meta.dirname, '../..');
export const bin = join(root, 'bin/collab-dev.js');

/** Children notice within milliseconds; a loaded machine may take seconds to let them. */
const goneWithinMs = 10_000;

/** For tests that start whole stacks, on a machine that does other things too. */
export const commandTestMs = 60_000;

/** A folder of its own for commands to run in, with every process that was ever started in it. */
export async function aFolder() {
  const temporary = await mkdtempDisposable(join(tmpdir(), 'collab-dev-cli-'));
  return {
    path: temporary.path,

    write: (name: string, text: string) => writeFile(join(temporary.path, name), text),

    /** Runs a command to its end. */
    run: async (args: readonly string[], env: Environment = {}) =>
      outcome(spawn(temporary.path, process.execPath, [bin, ...args], env)),

    /** Starts a command that stays, with its stdout line by line. */
    start: (args: readonly string[], env: Environment = {}): Running =>
      follow(spawn(temporary.path, process.execPath, [bin, ...args], env)),

    /** Any other command line, like a shell that runs ours. */
    startOther: (file: string, args: readonly string[], env: Environment = {}): Running =>
      follow(spawn(temporary.path, file, args, env)),

    /** The processes of this folder that run now: by where they run, or what they were told. */
    processes: () => processesOf(temporary.path),

    /** Resolves with the first process whose command line matches. */
    async untilRunning(command: RegExp): Promise<number> {
      for (;;) {
        const found = (await processesOf(temporary.path)).find((one) => command.test(one.command));
        if (found) return found.pid;
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
        const left = (await processesOf(temporary.path)).filter(({ command }) => of.test(command));
        const ms = performance.now() - start;
        if (left.length === 0) return;
        if (ms > withinMs) throw new Error(`Still there after ${withinMs} ms:\n${left.map(show).join('\n')}`);
        await wait(20);
      }
    },

    /** Journals of the newest run whose writer did not come to close them: it was killed. */
    async unclosedJournals(): Promise<string[]> {
      const journals = join(temporary.path, '.collab-dev/runs/latest/journal');
      const files = await readdir(journals);
      const texts = await Promise.all(files.map((file) => readFile(join(journals, file), 'utf8')));
      return files.filter((_, index) => !texts[index]?.endsWith(`"type":"${endMark.type}"}\n`));
    },

    async [Symbol.asyncDispose]() {
      // A test that failed half-way must not leave a stack behind.
      for (const { pid } of await processesOf(temporary.path)) killQuietly(pid);
      await temporary.remove();
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
  /** Resolves when anything on stdout, whole lines or not, matches. */
  seen(pattern: RegExp): Promise<void>;
}

function follow(child: Spawned): Running {
  const end = outcome(child);
  const lines: string[] = [];
  let ended = false;
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const { stdin, stdout, pid } = child;
  if (pid === undefined) throw new Error('The command did not start.');
  let text = '';
  stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    change();
  });
  const reader = createInterface({ input: stdout });
  reader.on('line', (line) => {
    lines.push(line);
    change();
  });
  reader.on('close', () => {
    ended = true;
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
    async seen(pattern) {
      while (!pattern.test(text)) {
        if (ended) throw new Error(`Nothing matched ${pattern} in:\n${text}`);
        await changed.promise;
      }
    },
  };
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
