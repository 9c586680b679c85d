import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { LinkLoss } from '../../protocol/census.ts';
import type { HopConfig, Upstream } from '../../protocol/links-config.ts';
import { type HopConnection, openConnection } from './connection.ts';
import type { Fault, Passage } from './faults/fault.ts';
import type { Did } from './lane.ts';
import { portTakenByOther } from './problems.ts';

/** A TCP listener that forwards to where its upstream is now. */
export interface Hop extends AsyncDisposable {
  readonly id: string;
  readonly port: number;
  forwardTo(upstream: Pick<Upstream, 'host' | 'port'>): void;
  /** Connections whose two ends are known. */
  passages(): Iterable<Passage>;
  /** Lets go of what a fault has held. */
  release(fault: string): void;
  /** Connections with bytes that were taken and not yet handed on. */
  busy(): number;
  /** What faults have done to the sums of its connections. */
  losses(): LinkLoss[];
}

export interface HopFaults {
  /** Those in force. */
  readonly all: () => Iterable<Fault>;
  /** A connection that has both its names, before anything passes on it. */
  readonly admit: (passage: Passage) => void;
  readonly did: Did;
}

/**
 * Opens a hop. It dials its upstream first and only then reads what a client sends, so that a listener that is down is
 * a reset and never a silence. Where no fault lies bytes pass unchanged, and each direction ends on its own.
 */
export async function openHop(config: HopConfig, faults: HopFaults): Promise<Hop> {
  let upstream: Pick<Upstream, 'host' | 'port'> | undefined;
  const connections = new Map<Socket, HopConnection>();

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    client.on('error', () => {});
    if (!upstream) {
      client.resetAndDestroy();
      return;
    }
    connections.set(client, openConnection(client, upstream, config, faults));
    client.once('close', () => connections.delete(client));
  });

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
    release(fault) {
      for (const connection of connections.values()) connection.release(fault);
    },
    busy: () => [...connections.values()].filter((one) => one.busy()).length,
    losses: () => [...connections.values()].flatMap((one) => one.loss() ?? []),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const { sever } of connections.values()) sever();
      await closed;
    },
  };
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
