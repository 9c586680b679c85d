import type { Duplex } from 'node:stream';

/** More than a well-behaved client says at once. */
const pieceBytes = 4 * 1024;

/**
 * Whether a socket is read. A stream that is paused goes on reading until its buffer is full, and what it has read waits
 * in memory for as long as the pause is; here it is read no more at once, and what was read already is handed on.
 *
 * What is read at once (up to 64 KiB) is handed on in pieces with memory of their own: else all of it would stay as long
 * as the beginning of a frame at its end waits for the rest, which is long where a flood is held.
 */
export class ReadGate {
  readonly #read: (size: number) => void;
  #isOpen = true;
  #wanted: number | undefined;

  /** Takes the place of the stream's own `push` and `_read`, which are what a stream is implemented by. */
  constructor(stream: Duplex) {
    this.#read = stream._read.bind(stream);
    const push = stream.push.bind(stream);
    stream._read = (size) => {
      if (this.#isOpen) this.#read(size);
      else this.#wanted = size;
    };
    // What `push` answers is whether its caller should go on reading.
    stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (!(chunk instanceof Uint8Array)) return push(chunk, encoding);
      let wantsMore = true;
      if (chunk.length <= pieceBytes) wantsMore = push(chunk);
      else for (const piece of piecesOf(chunk)) wantsMore = push(piece);
      return wantsMore && this.#isOpen;
    };
  }

  shut(): void {
    this.#isOpen = false;
  }

  open(): void {
    this.#isOpen = true;
    const size = this.#wanted;
    this.#wanted = undefined;
    if (size !== undefined) this.#read(size);
  }
}

function* piecesOf(chunk: Uint8Array): Generator<Buffer> {
  for (let from = 0; from < chunk.length; from += pieceBytes) {
    const piece = chunk.subarray(from, from + pieceBytes);
    // Not from the pool, which is one memory for many.
    const own = Buffer.allocUnsafeSlow(piece.length);
    own.set(piece);
    yield own;
  }
}
