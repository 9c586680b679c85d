import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';

/** Who does not answer a close, because it does not read or is not there, is cut off so much later. */
const closeHandshakeMs = 2000;

/** A WebSocket server whose closed sockets are gone soon; the library's own patience is half a minute. */
export class PromptServer<
  Socket extends typeof WebSocket = typeof WebSocket,
> extends WebSocketServer<Socket> {
  constructor(options: ServerOptions<Socket>) {
    const prompt = { ...options, closeTimeout: closeHandshakeMs };
    super(prompt);
  }
}

/** A socket that says so before the library closes it for what is wrong with the bytes that came (RFC 6455 7.1.7). */
export class FaultySocket extends WebSocket {
  /** Gets the library's close code: 1002 framing, 1007 not UTF-8, 1008 too many pieces, 1009 too big. */
  onFault: ((code: number) => void) | undefined;

  /** The library closes without a reason for faults alone; it answers a close with the other end's reason. */
  override close(code?: number, reason?: string | Buffer): void {
    if (code !== undefined && reason === undefined) this.onFault?.(code);
    super.close(code, reason);
  }
}
