import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const bin = join(import.meta.dirname, '../../bin/collab-dev.js');
const loopback = '127.0.0.1';

/** One node of a relay as it is deployed: `collab-dev relay` in a process of its own. */
export interface RelayNode {
  readonly url: string;
  readonly port: number;
  /** Ends it by this signal; resolves with the signal or the code that it ended by. */
  end(signal: NodeJS.Signals): Promise<NodeJS.Signals | number | null>;
  /** Starts it again on the same port; resolves when it listens. */
  start(): Promise<void>;
}

/** For as long as the test. It believes everybody on this machine. */
export async function startNode(redis: string): Promise<RelayNode> {
  let child: ChildProcess | undefined;
  let ended: Promise<NodeJS.Signals | number | null> = Promise.resolve(null);
  let [port, url] = [0, ''];

  const start = async (): Promise<void> => {
    const args = [bin, 'relay', '--insecure', '--redis', redis, '--port', String(port), '--drain', '2'];
    const env = { ...process.env, COLLAB_BUS_KEY: 'a key that only these nodes know, of some length' };
    const started = spawn(process.execPath, [...args, '--log-level', 'silent'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    ended = once(started, 'exit').then(([code, signal]) => signal ?? code);
    for await (const line of createInterface({ input: started.stdout })) {
      const listens = /listens on (http:\/\/[^:]+:(\d+)),/.exec(line);
      if (!listens) continue;
      [url, port] = [listens[1] ?? '', Number(listens[2])];
      started.stdout.resume();
      return;
    }
    throw new Error('The node ended before it listened.');
  };
  const end = (signal: NodeJS.Signals) => {
    child?.kill(signal);
    return ended;
  };
  await start();
  onTestFinished(() => end('SIGKILL').then(() => {}));
  return { url, port, end, start };
}

/**
 * What stands in front of nodes in a deployment, for one user: each connection goes to the first of them that is ready.
 * Resolves with its URL.
 */
export async function balance(nodes: readonly RelayNode[]): Promise<string> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer(async (down) => {
    keep(down);
    const ready = await firstReady(nodes);
    if (!ready) {
      down.destroy();
      return;
    }
    const up = connect(ready.port, loopback);
    keep(up);
    up.on('close', () => down.destroy());
    down.on('close', () => up.destroy());
    down.pipe(up).pipe(down);
  }).listen(0, loopback);
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  });
  const address = server.address();
  return `http://${loopback}:${typeof address === 'object' && address ? address.port : 0}`;
}

async function firstReady(nodes: readonly RelayNode[]): Promise<RelayNode | undefined> {
  for (const node of nodes) {
    const isReady = await fetch(`${node.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return node;
  }
  return undefined;
}
