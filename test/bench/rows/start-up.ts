import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { median, pairs, ratiosOf } from '../paired.ts';
import type { BenchContext, Measured, Row } from '../row.ts';
import { startServer } from '../servers/process-under-test.ts';
import { bin } from '../servers/relays.ts';

/**
 * `up` from its spawn until it says that all are ready: the command, the supervisor, the links, the relay and a
 * backend a user. Compiled code is in the user's cache, as it is from the second start on. The tour comes after it and
 * is cut off.
 */
async function upMs(users: number): Promise<number> {
  const cwd = await mkdtemp(join(tmpdir(), 'collab-dev-bench-'));
  const args = ['up', '--users', String(users), '--no-tui', '--no-pages', '--ports', 'auto'];
  const began = performance.now();
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let readyMs = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('collab-dev is ready')) continue;
    readyMs = performance.now() - began;
    break;
  }
  child.stdout.resume();
  child.kill('SIGTERM');
  await ended;
  await rm(cwd, { recursive: true, force: true });
  if (Number.isNaN(readyMs)) throw new Error('`up` ended before it was ready.');
  return readyMs;
}

/** So many bare HTTP servers from the first spawn, all at once, until each has answered a request. */
async function bareMs(count: number): Promise<number> {
  await using servers = new AsyncDisposableStack();
  const began = performance.now();
  const file = join(import.meta.dirname, '../servers/bare-server.js');
  const one = async () => {
    const { url } = servers.use(await startServer(file));
    await (await fetch(url)).text();
  };
  await Promise.all(Array.from({ length: count }, one));
  return performance.now() - began;
}

async function compare(users: number, aim: number | undefined, { rounds }: BenchContext): Promise<Measured> {
  const taken = await pairs(rounds, { ours: () => upMs(users), theirs: () => bareMs(users + 3) });
  const ms = (side: 'ours' | 'theirs') => median(taken.map((pair) => pair[side])).toFixed(0);
  return {
    what: `up --users ${users}, against ${users + 3} bare servers`,
    aim,
    unit: '×',
    ratios: ratiosOf(taken, (one) => one),
    behind: `${ms('ours')} and ${ms('theirs')} ms`,
    doubts: [],
  };
}

export const startUp: Row = async (context) => {
  const lines: Measured[] = [];
  for (const [users, aim] of [
    [3, undefined],
    [20, 3],
    [50, 3],
  ] as const) {
    context.say(`up --users ${users}`);
    lines.push(await compare(users, aim, { ...context, rounds: Math.ceil(context.rounds / 2) }));
  }
  return lines;
};
