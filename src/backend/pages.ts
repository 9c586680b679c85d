import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { v7 as uuid } from 'uuid';
import { type WebSocket, WebSocketServer } from 'ws';
import { bearerOf } from '../http/bearer.ts';
import { Refused } from '../http/refused.ts';
import { pageSocketPath } from '../protocol/backend-rest.ts';
import type { Census } from '../protocol/census.ts';
import { closeRules } from '../protocol/close-codes.ts';
import type { UserId } from '../protocol/ids.ts';
import type { PageFrame } from '../protocol/page-socket.ts';
import { type Refusal, refusals } from '../protocol/problem-details.ts';
import type { Authorised } from './authorise.ts';

export interface PagesOptions {
  readonly me: UserId;
  readonly allowOrigin: (origin: string) => boolean;
  /** Throws `Refused` unless the token is the owner's. */
  readonly authoriseOwner: (token: string | undefined) => Promise<Pick<Authorised, 'until'>>;
  /** Gets what was thrown and is not a refusal: a bug. The page sees a bare 500. */
  readonly onFault: (fault: unknown) => void;
}

export interface Pages extends AsyncDisposable {
  /** For the server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends frames to every open page, in order; answers to how many. */
  push(frames: readonly PageFrame[]): number;
  census(): Census['pages'];
}

/** A page that has this much unread, in bytes, is cut; it reads everything anew when it comes back. */
const bufferBytes = 1024 * 1024;
const pingMs = 30_000;
/** setTimeout takes no longer wait; a page that is closed that early just comes back. */
const longestTimerMs = 2 ** 31 - 1;

interface Page {
  readonly connection: string;
  readonly socket: WebSocket;
  sent: number;
  /** Has answered the last ping. */
  alive: boolean;
}

/** The live sockets of the user's own pages. */
export function openPages({ me, allowOrigin, authoriseOwner, onFault }: PagesOptions): Pages {
  const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: 4096 });
  const pages = new Set<Page>();
  let closed = false;

  const ping = setInterval(() => {
    for (const page of pages) {
      if (!page.alive) page.socket.terminate();
      page.alive = false;
      page.socket.ping();
    }
  }, pingMs).unref();

  function send(page: Page, text: string): boolean {
    if (page.socket.readyState !== page.socket.OPEN) return false;
    page.socket.send(text);
    page.sent += 1;
    if (page.socket.bufferedAmount <= bufferBytes) return true;
    page.socket.terminate();
    return false;
  }

  function open(socket: WebSocket, until: number | undefined): void {
    const page: Page = { connection: uuid(), socket, sent: 0, alive: true };
    socket.on('pong', () => {
      page.alive = true;
    });
    const { code, meaning } = closeRules.token_expired;
    const wait = until === undefined ? undefined : Math.min(longestTimerMs, Math.max(0, until - Date.now()));
    const expiry =
      wait === undefined ? undefined : setTimeout(() => socket.close(code, meaning), wait).unref();
    socket.on('close', () => {
      clearTimeout(expiry);
      pages.delete(page);
    });
    // What is wrong with a frame of a page ends its socket; `close` follows.
    socket.on('error', () => {});
    const hello: PageFrame = { type: 'hello', user_id: me, connection: page.connection };
    if (send(page, JSON.stringify(hello))) pages.add(page);
  }

  /** Until when it is admitted, in ms since 1970. */
  async function admit(request: IncomingMessage): Promise<number | undefined> {
    const url = URL.parse(request.url ?? '/', 'http://page');
    if (url?.pathname !== pageSocketPath) throw new Refused('not_found');
    const { origin, authorization } = request.headers;
    if (origin !== undefined && !allowOrigin(origin)) throw new Refused('forbidden');
    const { until } = await authoriseOwner(url.searchParams.get('token') ?? bearerOf(authorization));
    return until;
  }

  return {
    upgrade(request, socket, head) {
      const gone = () => socket.destroy();
      socket.on('error', gone);
      admit(request).then(
        (until) => {
          socket.off('error', gone);
          if (closed) socket.destroy();
          else server.handleUpgrade(request, socket, head, (page) => open(page, until));
        },
        (thrown: unknown) => {
          if (!(thrown instanceof Refused)) onFault(thrown);
          // Else the other half would stay for as long as its client likes.
          socket.once('finish', gone);
          socket.end(refusalHead(thrown instanceof Refused ? thrown.code : 'internal'));
        },
      );
    },
    push(frames) {
      const texts = frames.map((frame) => JSON.stringify(frame));
      return [...pages].filter((page) => texts.every((text) => send(page, text))).length;
    },
    census: () => [...pages].map(({ connection, sent }) => ({ connection, sent })),
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(ping);
      for (const { socket } of pages) socket.terminate();
      server.close();
    },
  };
}

/** A whole HTTP answer: the request never became a socket. */
function refusalHead(code: Refusal): string {
  const { status, title } = refusals[code];
  return `HTTP/1.1 ${status} ${code}\r\nconnection: close\r\ncontent-length: ${title.length}\r\n\r\n${title}`;
}
