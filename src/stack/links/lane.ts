import type { Socket } from 'node:net';
import type { LinkFaultRecord } from '../../protocol/records.ts';
import type { Fault, Passage, Unit, Way } from './faults/fault.ts';
import { LaneQueue } from './lane-queue.ts';
import { type Message, readFrame, readRequest } from './wire/message.ts';
import type { Piece, Splitter } from './wire/piece.ts';

/** What a fault has done to something, for the journal. */
export type Did = (fault: Fault, unit: Unit, did: LinkFaultRecord['did'], ms?: number | undefined) => void;

export interface LaneOptions {
  readonly source: Socket;
  readonly sink: Socket;
  readonly split: Splitter;
  readonly way: Way;
  readonly passage: Passage;
  readonly faults: () => Iterable<Fault>;
  readonly did: Did;
  /** Sends a request to the listener once more, on a connection of its own. */
  readonly askAgain: ((request: Buffer) => void) | undefined;
}

/** A message that is longer than this passes as bytes that nobody can read. */
const longestMessage = 1024 * 1024;
/** While so much is held, nothing more is read. */
const mostHeld = 256 * 1024;
/** The greeting of a relay is among the first messages. */
const greetedWithin = 16;

/** One direction of a connection: hands on what it reads, and lets the faults in force have their way with it. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #queue: LaneQueue;
  /** What has come of a message of which not all has come. */
  #whole: Buffer[] = [];
  #wholeSize = 0;
  /** The beginning of the present message has been handed on already. */
  #isInside = false;
  #messages = 0;
  #connection: string | undefined;
  #lost = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { source, sink } = options;
    this.#queue = new LaneQueue({
      write: (bytes) => {
        if (!sink.write(bytes)) source.pause();
      },
      end: () => sink.end(),
      eased: () => this.#resume(),
    });
    sink.on('drain', () => this.#resume());
    source.on('data', (chunk: Buffer) => this.#take(chunk));
    source.once('end', () => this.#end());
  }

  /** Takes bytes that were read before, and perhaps the end that came with them. */
  begin(bytes: Buffer): void {
    this.#take(bytes);
    if (this.#options.source.readableEnded) this.#end();
  }

  /** The relay's name for the connection, once it was seen. */
  get connection(): string | undefined {
    return this.#connection;
  }

  /** Countable frames that were swallowed, less those that were added. */
  get lost(): number {
    return this.#lost;
  }

  /** Bytes that were taken and are not handed on. */
  get held(): number {
    return this.#wholeSize + this.#queue.size;
  }

  /** Lets go of what a fault has held. */
  release(fault: string): void {
    this.#queue.release(fault);
  }

  close(): void {
    this.#queue.close();
    this.#whole = [];
    this.#wholeSize = 0;
  }

  #resume(): void {
    const { source, sink } = this.#options;
    if (!sink.writableNeedDrain && this.#queue.size < mostHeld) source.resume();
  }

  #end(): void {
    this.#flush();
    this.#queue.end();
  }

  #take(chunk: Buffer): void {
    const { faults, way, split, source } = this.#options;
    const lying = [...faults()].filter((fault) => fault.concerns(way));
    for (const piece of split(chunk)) this.#piece(piece, lying);
    if (this.#queue.size >= mostHeld) source.pause();
  }

  #piece(piece: Piece, lying: readonly Fault[]): void {
    if (piece.kind === 'opaque') {
      this.#flush();
      this.#isInside = false;
      this.#unit(piece.bytes, undefined, lying);
      return;
    }
    // Nobody looks at it, or its beginning has gone: it goes on as it comes.
    if (this.#isInside || (this.#whole.length === 0 && lying.length === 0 && !this.#mayGreet(piece))) {
      this.#queue.add({ bytes: piece.bytes, ends: piece.ends, ms: 0 });
      this.#isInside = !piece.ends;
      return;
    }
    this.#whole.push(piece.bytes);
    this.#wholeSize += piece.bytes.length;
    if (piece.ends) {
      const bytes = this.#taken();
      const message = piece.kind === 'http' ? this.#request(bytes) : readFrame(bytes);
      if (message) this.#read(message);
      this.#unit(bytes, message, lying);
    } else if (this.#wholeSize > longestMessage) {
      this.#queue.add({ bytes: this.#taken(), ends: false, ms: 0 });
      this.#isInside = true;
    }
  }

  /** The head of an answer, or of the request for a WebSocket, is nothing to choose. */
  #request(bytes: Buffer): Message | undefined {
    return this.#options.askAgain && !this.#options.way.isAnswer ? readRequest(bytes) : undefined;
  }

  #mayGreet({ kind }: Piece): boolean {
    return (
      kind === 'frame' &&
      this.#options.way.from === 'relay' &&
      this.#connection === undefined &&
      this.#messages < greetedWithin
    );
  }

  #read({ what, connection }: Message): void {
    if (what === 'frame') this.#messages += 1;
    this.#connection ??= connection;
  }

  /** What a fault has held back of a message goes out as it is: its rest will not come, or is not known. */
  #flush(): void {
    if (this.#whole.length > 0) this.#queue.add({ bytes: this.#taken(), ends: false, ms: 0 });
  }

  #taken(): Buffer {
    const [first] = this.#whole;
    const bytes = this.#whole.length === 1 && first ? first : Buffer.concat(this.#whole);
    this.#whole = [];
    this.#wholeSize = 0;
    return bytes;
  }

  /** Asks each fault, in the order in which they came; the first that takes the unit away is the last that is asked. */
  #unit(bytes: Buffer, message: Message | undefined, lying: readonly Fault[]): void {
    const { passage, way, did } = this.#options;
    const unit: Unit = { passage, way, size: bytes.length, message };
    const by: string[] = [];
    const again: { readonly ms: number; readonly by: string }[] = [];
    let ms = 0;
    let slowMs = 0;
    let isPassed = true;
    for (const fault of lying) {
      const fate = fault.judge(unit);
      if (!fate) continue;
      by.push(fault.id);
      switch (fate.do) {
        case 'drop':
          this.#lost += isCounted(message) ? 1 : 0;
          did(fault, unit, 'dropped');
          return;
        case 'reset':
          did(fault, unit, 'reset');
          passage.sever();
          return;
        case 'hold':
          ms += fate.ms;
          isPassed &&= fate.passed;
          did(fault, unit, 'delayed', fate.ms);
          break;
        case 'repeat':
          again.push({ ms: fate.ms, by: fault.id });
          did(fault, unit, 'duplicated');
          break;
        case 'slow':
          slowMs = Math.max(slowMs, (unit.size / fate.bytesPerSecond) * 1000);
          isPassed = false;
          did(fault, unit, 'throttled');
          break;
        default:
          fate satisfies never;
      }
    }
    if (ms > 0 && isPassed) this.#queue.aside({ bytes, ms, by });
    else this.#queue.add({ bytes, ends: true, ms, slowMs, by });
    for (const one of again) this.#again(bytes, message, one);
  }

  #again(bytes: Buffer, message: Message | undefined, { ms, by }: { ms: number; by: string }): void {
    if (message?.what === 'request') {
      this.#options.askAgain?.(bytes);
      return;
    }
    this.#lost -= isCounted(message) ? 1 : 0;
    if (ms > 0) this.#queue.aside({ bytes, ms, by: [by] });
    else this.#queue.add({ bytes, ends: true, ms: 0, by: [by] });
  }
}

/** Both ends count the frames that have a name, but for the relay's replies. */
const isCounted = (message: Message | undefined): boolean =>
  message?.what === 'frame' && message.name !== undefined && message.name !== 'reply';
