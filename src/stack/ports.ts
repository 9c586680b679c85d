import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { portTaken } from './problems.ts';

export interface WantedPort {
  readonly port: number;
  /** For the sentence: `the relay`, `alice's backend`. */
  readonly what: string;
}

export interface Holder {
  readonly pid: number;
  readonly command: string;
}

/**
 * Checks that ports of this machine are free, before anything is started. Rejects with the Problem `port-taken`, which
 * names each taken one with its holder where /proc tells.
 */
export async function checkPorts(host: string, wanted: readonly WantedPort[]): Promise<void> {
  const checked = await Promise.all(
    wanted.map(async (one) => ({ ...one, free: one.port === 0 || (await isFree(host, one.port)) })),
  );
  const taken = checked.filter(({ free }) => !free);
  if (taken.length === 0) return;
  throw portTaken(
    await Promise.all(
      taken.map(async ({ port, what }) => ({
        port,
        what,
        holder: await holderOf(port).catch(() => undefined),
      })),
    ),
  );
}

export async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE') return false;
    throw thrown;
  } finally {
    server.close();
  }
}

const listening = '0A';

/** Who listens on a TCP port, by /proc (proc(5)); undefined where that cannot be seen. */
export async function holderOf(port: number): Promise<Holder | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const sockets = new Set(
    tables
      .flatMap((table) => table.split('\n').slice(1))
      .map((row) => row.trim().split(/\s+/))
      .filter(([, local = '', , state]) => state === listening && Number(`0x${local.split(':')[1]}`) === port)
      .map((columns) => `socket:[${columns[9]}]`),
  );
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
      if (!sockets.has(target)) continue;
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').join(' ').trim();
      return { pid: Number(pid), command: command.slice(0, 120) };
    }
  }
  return undefined;
}
