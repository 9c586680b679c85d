import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type ProcessUnderTest, underTest } from './process-under-test.ts';

const ports = z.object({ nats: z.tuple([z.string()]), websocket: z.tuple([z.string()]) });
const startsWithinMs = 10_000;

export interface NatsServer extends ProcessUnderTest {
  /** `ws://…`; the url is that of its own protocol over TCP. */
  readonly webSocketUrl: string;
}

/** Debian's nats-server as it comes, with a WebSocket listener; undefined where this machine has none. */
export async function startNats(): Promise<NatsServer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'collab-dev-nats-'));
  const config = join(folder, 'nats.conf');
  await writeFile(config, 'listen: "127.0.0.1:-1"\nwebsocket { listen: "127.0.0.1:-1", no_tls: true }\n');
  const child = spawn('nats-server', ['-c', config, '--ports_file_dir', folder], { stdio: 'ignore' });
  const isThere = await Promise.race([
    once(child, 'spawn').then(() => true),
    once(child, 'error').then(() => false),
  ]);
  if (!isThere) {
    await rm(folder, { recursive: true });
    return undefined;
  }
  const { nats, websocket } = await portsIn(folder);
  const [url] = nats;
  const [webSocketUrl] = websocket;
  const server = underTest(child, url.replace('nats:', 'http:'));
  return {
    ...server,
    webSocketUrl,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** It writes them when it listens. */
async function portsIn(folder: string): Promise<z.infer<typeof ports>> {
  for (const deadline = performance.now() + startsWithinMs; performance.now() < deadline; await wait(50)) {
    const name = (await readdir(folder)).find((file) => file.endsWith('.ports'));
    const text = name && (await readFile(join(folder, name), 'utf8'));
    if (text) return ports.parse(JSON.parse(text));
  }
  throw new Error('nats-server did not say where it listens.');
}
