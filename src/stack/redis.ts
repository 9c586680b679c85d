import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { choosePort } from './choose-port.ts';
import { commandSource } from './command-source.ts';
import type { ReadyAttempt } from './managed-instance.ts';
import type { ProcessSource } from './pool.ts';
import { redisMissing } from './problems.ts';
import { spawnServer } from './server-process.ts';

/** The private Redis of a stack: where it is, and how it is started. */
export interface RedisPlace {
  readonly server: string;
  readonly port: number;
  /** With its password. */
  readonly url: string;
  /** Without it, for everybody to see. */
  readonly shownUrl: string;
  readonly password: string;
}

const loopback = '127.0.0.1';
const pauseMs = 10;
const stopMs = 2000;

/**
 * Finds a `redis-server` on the PATH and a port for it.
 * @throws Problem where there is none
 */
export async function placeRedis(path: string | undefined): Promise<RedisPlace> {
  const server = await find('redis-server', path ?? '');
  if (server === undefined) throw redisMissing();
  const port = await choosePort(loopback, new Set(), 'Redis');
  const password = randomBytes(24).toString('base64url');
  const url = `redis://:${password}@${loopback}:${port}`;
  return { server, port, url, shownUrl: `redis://${loopback}:${port}`, password };
}

/** What its configuration file says: on this machine only, with a password, and nothing on a disk. */
export const redisConfig = ({ port, password }: RedisPlace, folder: string): string =>
  [
    `bind ${loopback}`,
    `port ${port}`,
    'protected-mode yes',
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    `dir "${folder}"`,
    'daemonize no',
    '',
  ].join('\n');

/** Starts the Redis of one stack. `config` writes its file and answers its path. */
export const redisSource = (place: RedisPlace, config: () => Promise<string>): ProcessSource =>
  commandSource(
    async (log) => spawnServer(place.server, [await config()], { log, url: place.shownUrl, environment: {} }),
    { signal: 'SIGTERM', graceMs: stopMs },
  );

/** Resolves when it answers a PING. */
export async function untilAnswering(
  place: RedisPlace,
  { signal, seen }: Pick<ReadyAttempt, 'signal' | 'seen'>,
): Promise<void> {
  while (!(await answers(place))) {
    seen('Redis does not answer a PING');
    signal.throwIfAborted();
    await wait(pauseMs);
  }
}

/** Whether it answers a PING, in its inline commands. */
async function answers({ port, password }: RedisPlace): Promise<boolean> {
  const socket = connect({ host: loopback, port });
  socket.setTimeout(500, () => socket.destroy());
  try {
    let said = '';
    socket.setEncoding('utf8');
    socket.write(`AUTH ${password}\r\nPING\r\n`);
    for await (const text of socket) {
      said += String(text);
      if (said.includes('+PONG')) return true;
      if (said.includes('-ERR') || said.includes('-WRONGPASS')) return false;
    }
    return false;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function find(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((one) => one !== '')) {
    const file = join(folder, name);
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}
