import { NodeWebSocket } from 'socket.io-client';

interface RawWebSocket {
  terminate(): void;
  once(event: 'close', listener: () => void): void;
}

export interface CuttableTransport {
  /** For the `transports` of Socket.IO. */
  readonly Transport: typeof NodeWebSocket;
  /** Resolves when nothing is open any more. */
  closed(): Promise<void>;
  /** Drops the connection without the closing handshake, for which a WebSocket waits half a minute. */
  cut(): void;
}

/** The WebSocket transport of Socket.IO with a hand on the sockets that it opens. */
export function cuttableTransport(): CuttableTransport {
  const open = new Map<RawWebSocket, Promise<void>>();

  class Transport extends NodeWebSocket {
    override createSocket(...args: Parameters<NodeWebSocket['createSocket']>): RawWebSocket {
      const socket: RawWebSocket = super.createSocket(...args);
      const closed = new Promise<void>((resolve) => socket.once('close', resolve));
      open.set(
        socket,
        closed.then(() => {
          open.delete(socket);
        }),
      );
      return socket;
    }
  }

  return {
    Transport,
    closed: async () => {
      await Promise.all(open.values());
    },
    cut: () => {
      for (const socket of open.keys()) socket.terminate();
    },
  };
}
