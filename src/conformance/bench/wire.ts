import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import WebSocket, { WebSocketServer } from 'ws';
import { z } from 'zod';
import { sendJson } from '../../http/answer.ts';
import { bearerOf } from '../../http/bearer.ts';
import { listen } from '../../http/listen.ts';
import { Log } from './log.ts';
import { eventText, type Face, framesIn, type WireFrame } from './wire-frames.ts';

export interface WireOptions {
  readonly relayUrl: string;
  readonly port: number;
  /** The issuer's keys, shown at /.well-known/jwks.json. */
  readonly keys: unknown;
}

const withToken = z.looseObject({ token: z.string() });

interface Line {
  readonly face: Face;
  readonly backend: WebSocket;
  readonly relay: WebSocket;
}

/**
 * The relay as the tested backend sees it: the real one, with somebody on the line who reads along, can cut it, and can
 * say what no relay would.
 */
export class Wire implements AsyncDisposable {
  readonly frames = new Log<WireFrame>();
  /** The relay tokens that the backend has shown, in whichever way. */
  readonly tokens = new Log<string>();
  readonly #options: WireOptions;
  readonly #sockets = new Set<Socket>();
  readonly #lines = new Set<Line>();
  readonly #upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #server = createServer((incoming, response) => this.#forward(incoming, response));
  #cut = false;
  #url = '';

  constructor(options: WireOptions) {
    this.#options = options;
    this.#server.on('connection', (socket: Socket) => {
      if (this.#cut) return void socket.destroy();
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrades.handleUpgrade(incoming, socket, head, (backend) => this.#join(incoming, backend)),
    );
  }

  /** What COLLAB_URL is. */
  get url(): string {
    return this.#url;
  }

  async open(): Promise<void> {
    const { url } = await listen(this.#server, {
      host: '127.0.0.1',
      port: this.#options.port,
      what: 'The relay',
    });
    this.#url = url;
  }

  /** From here on until it is disposed of there is no relay for the backend. */
  cut(): Disposable {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
    return {
      [Symbol.dispose]: () => {
        this.#cut = false;
      },
    };
  }

  /** Ends every connection once. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Says an event to the backend that no relay has routed. False: it has no WebSocket to say it on. */
  inject(event: Readonly<Record<string, unknown>>): boolean {
    const line = [...this.#lines].at(-1);
    if (!line || line.backend.readyState !== WebSocket.OPEN) return false;
    line.backend.send(eventText(line.face, event));
    return true;
  }

  #join(incoming: IncomingMessage, backend: WebSocket): void {
    const face: Face = incoming.url?.startsWith('/socket.io/') ? 'socket.io' : 'plain';
    const { authorization, origin } = incoming.headers;
    const relay = new WebSocket(`${this.#options.relayUrl.replace(/^http/, 'ws')}${incoming.url}`, {
      perMessageDeflate: false,
      headers: { ...(authorization && { authorization }), ...(origin && { origin }) },
    });
    const inUrl = new URL(incoming.url ?? '/', 'http://relay').searchParams.get('token');
    for (const token of [inUrl, bearerOf(authorization)]) if (token) this.tokens.add(token);
    const line = { face, backend, relay };
    this.#lines.add(line);
    this.#pipe(backend, relay, face, 'to-relay');
    this.#pipe(relay, backend, face, 'to-backend');
    backend.on('close', () => this.#lines.delete(line));
  }

  #pipe(from: WebSocket, to: WebSocket, face: Face, direction: WireFrame['direction']): void {
    const early: (() => void)[] = [];
    const pass = (send: () => void) => {
      if (to.readyState === WebSocket.CONNECTING) early.push(send);
      else if (to.readyState === WebSocket.OPEN) send();
    };
    to.on('open', () => {
      for (const send of early.splice(0)) send();
    });
    from.on('message', (data, binary) => {
      if (!binary) this.#note(String(data), face, direction);
      pass(() => to.send(data, { binary }));
    });
    from.on('error', () => {});
    from.on('close', (code, reason) => {
      if (code >= 3000 || code === 1000 || code === 1012) to.close(code, reason);
      else to.terminate();
    });
  }

  #note(text: string, face: Face, direction: WireFrame['direction']): void {
    for (const frame of framesIn(text, face, direction)) {
      this.frames.add(frame);
      const shown = frame.name === 'hello' ? withToken.safeParse(frame.payload) : undefined;
      if (shown?.success) this.tokens.add(shown.data.token);
    }
  }

  /** REST, and the long polling with which some Socket.IO clients begin. */
  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    if (incoming.url === '/.well-known/jwks.json') {
      sendJson(response, 200, this.#options.keys);
      return;
    }
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => {});
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      if (incoming.method === 'POST' && incoming.url?.startsWith('/socket.io/')) {
        this.#note(body.toString('utf8'), 'socket.io', 'to-relay');
      }
      const { method, headers } = incoming;
      const outgoing = request(`${this.#options.relayUrl}${incoming.url}`, { method, headers, agent: false });
      outgoing.on('error', () => response.destroy());
      outgoing.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      });
      response.on('close', () => outgoing.destroy());
      outgoing.end(body);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { relay, backend } of this.#lines) {
      relay.terminate();
      backend.terminate();
    }
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }
}
