import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { HopConfig, Upstream } from '../../protocol/links-config.ts';
import type { Fault, Passage } from './faults/fault.ts';
import { portTakenByOther } from './problems.ts';
import { diallerOf } from './request-head.ts';

/** A TCP listener that forwards to where its upstream is now. */
export interface Hop extends AsyncDisposable {
  readonly id: string;
  readonly port: number;
  forwardTo(upstream: Pick<Upstream, 'host' | 'port'>): void;
  /** Connections whose two ends are known. */
  passages(): Iterable<Passage>;
  /** Connections with bytes that were taken and not yet handed on. */
  busy(): number;
}

/** How long a client may take to send a request head, before its connection counts as nobody's. */
const headMs = 5000;

/**
 * Opens a hop. It dials its upstream first and only then reads what a client sends, so that a listener that is down is
 * a reset and never a silence. Bytes pass unchanged, and each direction ends on its own.
 */
export async function openHop(config: HopConfig, faults: () => Iterable<Fault>): Promise<Hop> {
  let upstream: Pick<Upstream, 'host' | 'port'> | undefined;
  const connections = new Map<Socket, Connection>();

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    client.on('error', () => {});
    if (!upstream) {
      client.resetAndDestroy();
      return;
    }
    const connection = openConnection(client, upstream, config, admit);
    connections.set(client, connection);
    client.once('close', () => connections.delete(client));
  });

  /** Shows a connection that has both its names to the faults in force. */
  function admit(passage: Passage): void {
    for (const fault of faults()) if (fault.concerns(passage)) fault.meet(passage);
  }

  await listen(server, config);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;

  return {
    id: config.id,
    port,
    forwardTo(next) {
      upstream = next;
    },
    *passages() {
      for (const { passage } of connections.values()) {
        const known = passage();
        if (known) yield known;
      }
    },
    busy: () => [...connections.values()].filter((one) => one.busy()).length,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const { sever } of connections.values()) sever();
      await closed;
    },
  };
}

interface Connection {
  /** Undefined while the dialler is not known. */
  passage(): Passage | undefined;
  sever(): void;
  busy(): boolean;
}

function openConnection(
  client: Socket,
  to: Pick<Upstream, 'host' | 'port'>,
  { dialler, listener }: HopConfig,
  admit: (passage: Passage) => void,
): Connection {
  const server = connect({ host: to.host, port: to.port, allowHalfOpen: true, noDelay: true });
  let passage: Passage | undefined;

  const sever = () => {
    for (const socket of [client, server]) if (!socket.destroyed) socket.resetAndDestroy();
  };

  function pass(from: string): void {
    passage = { from, to: listener, sever };
    admit(passage);
  }

  // A reset at one end is one at the other; a plain end travels through the pipes, behind the last byte.
  for (const socket of [client, server]) socket.on('error', sever);
  if (dialler !== undefined) pass(dialler);
  server.once('connect', () => {
    if (client.destroyed) return;
    server.pipe(client);
    if (passage) client.pipe(server);
    else
      readHead(client, (from, head) => {
        pass(from);
        if (client.destroyed) return;
        server.write(head);
        client.pipe(server);
      });
  });

  return {
    passage: () => passage,
    sever,
    busy: () =>
      client.writableLength + server.writableLength + client.readableLength + server.readableLength > 0,
  };
}

/** Reads until it is known who sends; hands over all that was read. */
function readHead(client: Socket, done: (from: string, head: Buffer) => void): void {
  let head = Buffer.alloc(0);
  const timer = setTimeout(() => finish('*'), headMs);

  function finish(from: string): void {
    clearTimeout(timer);
    client.off('data', take);
    client.off('end', giveUp);
    client.off('close', stop);
    client.pause();
    done(from, head);
  }
  function take(chunk: Buffer): void {
    head = Buffer.concat([head, chunk]);
    const from = diallerOf(head);
    if (from !== undefined) finish(from);
  }
  const giveUp = () => finish('*');
  const stop = () => clearTimeout(timer);

  client.on('data', take);
  client.once('end', giveUp);
  client.once('close', stop);
  client.resume();
}

async function listen(server: Server, { host, port, listener }: HopConfig): Promise<void> {
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE') {
      throw portTakenByOther(port, listener, thrown);
    }
    throw thrown;
  }
  // A connection that cannot be accepted any more is its client's trouble.
  server.on('error', () => {});
}
