import type { CloseWord } from '../protocol/close-codes.ts';
import type { Connection, FrameName } from './connection.ts';
import { errorFrame, isTerminal } from './refusal-frames.ts';
import type { RelaySocket } from './socket-io-face.ts';

/**
 * A Socket.IO socket as the core knows it. Frames are written as finished Socket.IO packets (`2["name",payload]`), so
 * that the payload is encoded once for all recipients.
 */
export class SocketIoConnection implements Connection {
  readonly address: string;
  /** Called once, in a later turn, when more waits to be read than the hard limit allows. */
  onOverflow: (() => void) | undefined;
  readonly #socket: RelaySocket;
  readonly #conn: RelaySocket['conn'];
  readonly #hardLimit: number;
  /** Not yet given to the transport, and given but perhaps not yet taken by the network. */
  #waiting = 0;
  #inFlight = 0;
  #overflowed = false;

  constructor(socket: RelaySocket, hardLimit: number) {
    this.#socket = socket;
    this.#conn = socket.conn;
    this.#hardLimit = hardLimit;
    this.address = socket.conn.remoteAddress;
    // Whatever is written counts, answers to submits included: who submits without reading fills the same buffer.
    socket.conn.on('packetCreate', ({ data }: { readonly data?: unknown }) => {
      if (typeof data === 'string') this.#count(data.length);
    });
    socket.conn.on('flush', () => {
      this.#inFlight = this.#waiting;
      this.#waiting = 0;
    });
  }

  /** A transport is writable again when the network has taken everything that it was given. */
  get buffered(): number {
    return this.#waiting + (this.#conn.transport.writable ? 0 : this.#inFlight);
  }

  send(frame: FrameName, json: string): void {
    this.#conn.send(`2["${frame}",${json}]`);
  }

  /**
   * For good: `disconnect` tells a stock client to stay away. For now: only the engine is closed, which it takes for a
   * lost network. A client that does not read is cut off without waiting for it to read that.
   */
  close(word: CloseWord): void {
    this.send('collab_error', JSON.stringify(errorFrame(word)));
    if (isTerminal(word)) this.#socket.disconnect(true);
    else this.#conn.close(word === 'slow_consumer');
  }

  #count(characters: number): void {
    this.#waiting += characters;
    if (this.#overflowed || this.buffered <= this.#hardLimit) return;
    this.#overflowed = true;
    // Later: whoever is sending now is in the middle of something.
    setImmediate(() => this.onOverflow?.());
  }
}
