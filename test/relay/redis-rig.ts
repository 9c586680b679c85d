import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { onTestFinished, type TestContext } from 'vitest';
import { choosePort } from '../../src/stack/choose-port.ts';
import { createAuthority } from '../../src/stack/tls/certificate.ts';
import { requirement } from '../rig/requirement.ts';

const patienceMs = 20_000;
const password = 'only this test knows it';

/** A real Redis without a disk behind it, that can be killed and started again. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  /** Who vouches for it, in PEM, where it speaks TLS. */
  readonly ca: string | undefined;
  /** SIGKILL; resolves when nothing of it runs. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** For looking into it, or speaking as somebody who has no business there. */
  client(): Redis;
}

export const redisServer = 'redis-server (the Debian package redis-server)';

export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** What else its configuration may say. */
export interface RedisOptions {
  readonly tls?: boolean;
  /** A user with this name, these rights and the password of all. */
  readonly user?: { readonly name: string; readonly rights: string };
}

/** For as long as the test, which is skipped where there is none. */
export async function startRedis(context: TestContext, options: RedisOptions = {}): Promise<TestRedis> {
  requirement(context, redisServer, hasRedis() || undefined);
  const redis = await openRedis(options);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

export async function openRedis({ tls = false, user }: RedisOptions = {}): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'collab-redis-'));
  const port = await choosePort('127.0.0.1', new Set(), 'Redis');
  const config = join(folder, 'redis.conf');
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const lines = ['bind 127.0.0.1', `requirepass "${password}"`, 'save ""', `dir ${folder}`];
  const authority = tls ? createAuthority('redis') : undefined;
  const { cert, key } = authority?.certify('redis') ?? {};
  if (cert === undefined || key === undefined) lines.push(`port ${port}`);
  else {
    lines.push('port 0', `tls-port ${port}`, 'tls-auth-clients no');
    lines.push(`tls-cert-file ${write('cert.pem', cert)}`, `tls-key-file ${write('key.pem', key)}`);
  }
  if (user) lines.push(`user ${user.name} on "#${sha256(password)}" ${user.rights}`);
  write('redis.conf', lines.join('\n'));
  const clients = new Set<Redis>();
  let server: ChildProcess | undefined;

  const client = (): Redis => {
    const redis = new Redis({
      host: '127.0.0.1',
      port,
      password,
      ...(authority && { tls: { ca: authority.cert } }),
      lazyConnect: true,
      retryStrategy: () => null,
    });
    redis.on('error', () => {});
    clients.add(redis);
    return redis;
  };
  const kill = async (): Promise<void> => {
    const killed = server;
    server = undefined;
    if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
    const gone = once(killed, 'exit');
    killed.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    server = spawn('redis-server', [config], { stdio: 'ignore' });
    const end = performance.now() + patienceMs;
    for (;;) {
      const probe = client();
      try {
        await probe.ping();
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
        await wait(20);
      } finally {
        probe.disconnect();
      }
    }
  };
  await start();
  return {
    url: `${tls ? 'rediss' : 'redis'}://${user?.name ?? ''}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    ca: authority?.cert,
    kill,
    start,
    client,
    async [Symbol.asyncDispose]() {
      for (const one of clients) one.disconnect();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
