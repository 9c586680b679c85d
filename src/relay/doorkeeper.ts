import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { addressOf, budgetAddress } from '../http/address-of.ts';

export interface DoorkeeperOptions {
  /** Connections that one address may have open at once. */
  readonly most: number;
  readonly behindProxy: boolean;
}

/**
 * Keeps one address from taking all the room, whether it says who it is or not. Connections are counted as the network
 * makes them; behind a proxy, whose they all are, as they ask for a socket.
 */
export class Doorkeeper {
  readonly #options: DoorkeeperOptions;
  readonly #open = new Map<string, number>();

  constructor(options: DoorkeeperOptions) {
    this.#options = options;
  }

  /** For each new connection of the server; one too many is cut. */
  connected(socket: Socket): void {
    if (this.#options.behindProxy) return;
    const address = budgetAddress(socket.remoteAddress ?? '');
    if (!this.#hasRoom(address)) {
      socket.destroy();
      return;
    }
    socket.once('close', this.#enter(address));
  }

  /** The network address by which budgets are kept. */
  addressOf(request: IncomingMessage): string {
    return addressOf(request, this.#options.behindProxy);
  }

  /** Whether a request for a socket may be granted. */
  admits(request: IncomingMessage): boolean {
    return !this.#options.behindProxy || this.#hasRoom(this.addressOf(request));
  }

  /** A socket was granted; call what it answers once, when that socket is closed. */
  entered(request: IncomingMessage): () => void {
    return this.#options.behindProxy ? this.#enter(this.addressOf(request)) : () => {};
  }

  #hasRoom(address: string): boolean {
    return (this.#open.get(address) ?? 0) < this.#options.most;
  }

  #enter(address: string): () => void {
    this.#open.set(address, (this.#open.get(address) ?? 0) + 1);
    return () => {
      const left = (this.#open.get(address) ?? 1) - 1;
      if (left > 0) this.#open.set(address, left);
      else this.#open.delete(address);
    };
  }
}
