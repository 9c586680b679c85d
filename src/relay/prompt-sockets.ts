import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';
import type { CloseWord } from '../protocol/close-codes.ts';
import { ReadGate } from './read-gate.ts';

/** Who does not answer a close, because it does not read or is not there, is cut off so much later. */
const closeHandshakeMs = 2000;

/** Frame code of RFC 6455 section 7.4.1. */
export const messageTooBig = 1009;

/** Our word for what is wrong with the bytes that came, by the close code that the library gives it. */
export const faultWord = (code: number): CloseWord => (code === messageTooBig ? 'too_big' : 'protocol');

/** A socket that says so before the library closes it, which is when the last word can be sent. */
export class TellingSocket extends WebSocket {
  /**
   * Gets the close code for what is wrong with the bytes that came (1002 framing, 1007 not UTF-8, 1008 too many pieces,
   * 1009 too big; RFC 6455 section 7.1.7), or nothing when the other end closes.
   */
  onClosing: ((fault: number | undefined) => void) | undefined;
  /** Of the socket below. */
  gate: ReadGate | undefined;

  override pause(): void {
    this.gate?.shut();
  }

  override resume(): void {
    this.gate?.open();
  }

  /** The library gives a code without a reason for faults alone: a close it answers as it came. */
  override close(code?: number, reason?: string | Buffer): void {
    const onClosing = this.onClosing;
    this.onClosing = undefined;
    onClosing?.(reason === undefined ? code : undefined);
    super.close(code, reason);
  }
}

/** A server of such sockets, which are gone soon when they are closed; the library's own patience is half a minute. */
export class TellingServer extends WebSocketServer<typeof TellingSocket> {
  constructor(options: ServerOptions<typeof TellingSocket>) {
    const telling = { ...options, closeTimeout: closeHandshakeMs, WebSocket: TellingSocket };
    super(telling);
  }

  override handleUpgrade(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    opened: (socket: TellingSocket, request: IncomingMessage) => void,
  ): void {
    const gate = new ReadGate(stream);
    super.handleUpgrade(request, stream, head, (socket, upgraded) => {
      socket.gate = gate;
      opened(socket, upgraded);
    });
  }
}
