import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface ProcessUnderTest extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  /** All its threads, user and system, in ms since it started. */
  cpuMs(): number;
  residentBytes(): number;
}

/** Starts a server that prints its URL, and resolves when it has. */
export async function startServer(
  file: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<ProcessUnderTest> {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  return underTest(child, await firstUrl(child));
}

export function underTest(child: ChildProcess, url: string): ProcessUnderTest {
  const { pid } = child;
  if (pid === undefined) throw new Error('The process did not start.');
  return {
    pid,
    url,
    cpuMs: () => cpuMsOf(pid),
    residentBytes: () => residentBytesOf(pid),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function firstUrl({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('The process has no stdout to say its URL on.');
  for await (const line of createInterface({ input: stdout })) {
    const url = /http:\/\/[\d.:]+/.exec(line)?.[0];
    if (url !== undefined) {
      stdout.resume();
      return url;
    }
  }
  throw new Error('The process ended before it said where it listens.');
}

/** The scheduler's own account, in ns a thread; the ticks of /proc/PID/stat are too coarse for short windows. */
function cpuMsOf(pid: number): number {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return ns / 1e6;
}

function residentBytesOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
