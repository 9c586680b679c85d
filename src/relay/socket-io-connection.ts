import type { CloseWord } from '../protocol/close-codes.ts';
import type { Connection, FrameName } from './connection.ts';
import type { Intake } from './intake.ts';
import { errorFrame, isTerminal } from './refusal-frames.ts';
import type { RelaySocket } from './socket-io-face.ts';
import { TextBatch } from './text-batch.ts';
import type { Gathering, Turn } from './turn.ts';

export interface SocketIoWire {
  readonly socket: RelaySocket;
  readonly address: string;
  readonly intake: Intake;
}

/**
 * A Socket.IO socket as the core knows it. Frames are finished packets (`2["name",payload]`), so that a payload is
 * encoded once for all recipients; those of one turn leave in one write.
 */
export class SocketIoConnection implements Connection, Gathering {
  readonly face = 'socket.io';
  readonly address: string;
  /** Called once, in a later turn, when more waits to be read than the hard limit allows. */
  onOverflow: (() => void) | undefined;
  /** The last ping was answered after so many seconds. */
  onPong: ((seconds: number) => void) | undefined;
  readonly #socket: RelaySocket;
  readonly #conn: RelaySocket['conn'];
  readonly #turn: Turn;
  readonly #intake: Intake;
  readonly #hardLimit: number;
  readonly #gathered = new TextBatch();
  /** Not yet given to the transport, and given but perhaps not yet taken by the network. */
  #waiting = 0;
  #inFlight = 0;
  #overflowed = false;
  #pingedAt: number | undefined;

  constructor({ socket, address, intake }: SocketIoWire, turn: Turn, hardLimit: number) {
    this.#socket = socket;
    this.#conn = socket.conn;
    this.#turn = turn;
    this.#intake = intake;
    this.#hardLimit = hardLimit;
    this.address = address;
    // Answers to submits are not ours to write, but count: who submits without reading fills the same buffer.
    socket.conn.on('packetCreate', ({ type, data }: { readonly type: string; readonly data?: unknown }) => {
      if (typeof data === 'string') this.#count(Buffer.byteLength(data));
      if (type === 'ping') this.#pingedAt = performance.now();
    });
    socket.conn.on('heartbeat', () => {
      if (this.#pingedAt !== undefined) this.onPong?.((performance.now() - this.#pingedAt) / 1000);
      this.#pingedAt = undefined;
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
    if (this.#gathered.isEmpty) this.#turn.atEnd(this);
    // 4 is Engine.IO's "message", 2 is Socket.IO's "event".
    this.#count(this.#gathered.add(`42["${frame}",${json}]`));
  }

  flush(): void {
    if (this.#gathered.isEmpty) return;
    if (this.#conn.transport.name === 'websocket') {
      // The option by which Socket.IO's own adapter hands over finished frames; the packet itself stays empty.
      const finished = { compress: false, wsPreEncodedFrame: [this.#gathered.takeFrames()] };
      this.#conn.send('', finished);
      return;
    }
    this.#waiting -= this.#gathered.bytes;
    for (const text of this.#gathered.takeTexts()) {
      this.#conn.send(text.slice(1));
    }
  }

  hold(ms: number): void {
    this.#intake.hold(ms);
  }

  /**
   * For good: `disconnect` tells a stock client to stay away. For now: only the engine is closed, which it takes for a
   * lost network. A client that does not read is cut off without waiting for it to read that.
   */
  close(word: CloseWord): void {
    this.#intake.drop();
    this.send('collab_error', JSON.stringify(errorFrame(word)));
    this.flush();
    if (isTerminal(word)) this.#socket.disconnect(true);
    else this.#conn.close(word === 'slow_consumer');
  }

  #count(bytes: number): void {
    this.#waiting += bytes;
    if (this.#overflowed || this.buffered <= this.#hardLimit) return;
    this.#overflowed = true;
    // Later: whoever is sending now is in the middle of something.
    setImmediate(() => this.onOverflow?.());
  }
}
