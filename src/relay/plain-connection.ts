import type { Duplex } from 'node:stream';
import { type CloseWord, closeRules } from '../protocol/close-codes.ts';
import type { Connection, FrameName } from './connection.ts';
import type { Pulse } from './heartbeat.ts';
import type { Intake } from './intake.ts';
import { faultWord, messageTooBig, type TellingSocket } from './prompt-sockets.ts';
import { errorFrame } from './refusal-frames.ts';
import { TextBatch } from './text-batch.ts';
import type { Gathering, Turn } from './turn.ts';

export interface PlainWire {
  readonly socket: TellingSocket;
  /** What the socket writes to. Frames of ours go there directly, many in one write. */
  readonly stream: Duplex;
  readonly address: string;
  readonly intake: Intake;
}

/** A plain WebSocket as the core knows it: one JSON text frame for each thing that is said. */
export class PlainConnection implements Connection, Gathering, Pulse {
  readonly face = 'websocket';
  readonly address: string;
  awaited = false;
  /** Called once, in a later turn, when more waits to be read than the hard limit allows. */
  onOverflow: (() => void) | undefined;
  /** Called when the other end closes, sends what no WebSocket sends, or is gone without a word. */
  onEnding: ((why: CloseWord | 'closed' | 'ping timeout') => void) | undefined;
  readonly #socket: TellingSocket;
  readonly #stream: Duplex;
  readonly #intake: Intake;
  readonly #turn: Turn;
  readonly #hardLimit: number;
  readonly #gathered = new TextBatch();
  #overflowed = false;
  #pingedAt: number | undefined;

  constructor({ socket, stream, address, intake }: PlainWire, turn: Turn, hardLimit: number) {
    this.#socket = socket;
    this.#stream = stream;
    this.#intake = intake;
    this.#turn = turn;
    this.#hardLimit = hardLimit;
    this.address = address;
    socket.onClosing = (fault) => {
      this.#intake.finish();
      if (fault === undefined) return this.onEnding?.('closed');
      const word = faultWord(fault);
      this.#sayWhy(word);
      this.onEnding?.(word);
    };
  }

  get buffered(): number {
    return this.#gathered.bytes + this.#stream.writableLength;
  }

  /** Whether anything can be said, and what is heard still counts. */
  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && this.#stream.writable;
  }

  /** An event goes as itself, everything else with its name as `type`. */
  send(frame: FrameName, json: string): void {
    if (frame === 'collab_event') this.#gather(json);
    else if (frame === 'collab_receipt') this.#gather(`{"type":"collab_receipt","receipts":${json}}`);
    else this.#gather(`{"type":"${frame}",${json.slice(1)}`);
  }

  /** What answers a frame of the other end. */
  answer(type: 'reply' | 'auth_refresh', payload: object): void {
    this.#gather(JSON.stringify({ type, ...payload }));
  }

  flush(): void {
    if (this.#gathered.isEmpty) return;
    if (this.isOpen) this.#stream.write(this.#gathered.takeFrames());
    else this.#gathered.takeTexts();
  }

  hold(ms: number): void {
    this.#intake.hold(ms);
  }

  close(word: CloseWord): void {
    this.#intake.drop();
    if (!this.isOpen) return;
    this.#sayWhy(word);
    this.#socket.onClosing = undefined;
    this.#socket.close(word === 'too_big' ? messageTooBig : closeRules[word].code, word);
  }

  ping(): void {
    if (!this.isOpen) return;
    this.#pingedAt = performance.now();
    this.#socket.ping();
  }

  /** The last ping is answered: after so many seconds; undefined where nothing was to be answered. */
  ponged(): number | undefined {
    const at = this.#pingedAt;
    this.#pingedAt = undefined;
    return at === undefined ? undefined : (performance.now() - at) / 1000;
  }

  lost(): void {
    this.onEnding?.('ping timeout');
    this.cut();
  }

  /** Ends it without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  #sayWhy(word: CloseWord): void {
    this.send('collab_error', JSON.stringify(errorFrame(word)));
    this.flush();
  }

  #gather(text: string): void {
    if (this.#gathered.isEmpty) this.#turn.atEnd(this);
    this.#gathered.add(text);
    if (this.#overflowed || this.buffered <= this.#hardLimit) return;
    this.#overflowed = true;
    // Later: whoever is sending now is in the middle of something.
    setImmediate(() => this.onOverflow?.());
  }
}
