import { type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { bearerOf } from '../http/bearer.ts';
import { plainSocketPath } from '../protocol/relay-socket.ts';
import { Heartbeat } from './heartbeat.ts';
import { Intake } from './intake.ts';
import { PlainConnection, type PlainWire } from './plain-connection.ts';
import { PlainVisit, type UrlHello, type VisitOptions } from './plain-visit.ts';
import { TellingServer } from './prompt-sockets.ts';
import { Turn } from './turn.ts';

/** Upgrades below it are another face's. */
const socketIoPath = '/socket.io/';

/**
 * The plain WebSocket face, at `/ws/{user_id}` of an HTTP server, and the answer to upgrades that are for no face at
 * all. Who is refused is refused on the open socket, because browsers and the brief's client never see an HTTP status.
 */
export function plainFace(http: HttpServer, options: VisitOptions): Disposable {
  const { limits, doorkeeper } = options;
  const turn = new Turn();
  const heart = new Heartbeat({ intervalMs: limits.ping_interval_ms, timeoutMs: limits.ping_timeout_ms });
  const server = new TellingServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frame_bytes,
  });
  let open = 0;

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (request.url?.startsWith(socketIoPath)) return;
    const url = urlHello(request);
    if (!url) return refuseUpgrade(stream, 404);
    // Backends are programs and send no Origin; a page has no business here.
    if (request.headers.origin !== undefined) return refuseUpgrade(stream, 403);
    if (open >= limits.connections * 2 || !doorkeeper.admits(request)) return refuseUpgrade(stream, 503);
    const address = doorkeeper.addressOf(request);
    if (options.isBarred(url.user_id, address)) return refuseUpgrade(stream, 429);
    server.handleUpgrade(request, stream, head, (socket) =>
      enter(
        { socket, stream, address, intake: new Intake(options.turns, socket) },
        url,
        doorkeeper.entered(request),
      ),
    );
  };
  // Apart from the request that began it, which would stay as long as the connection.
  const enter = (wire: PlainWire, url: UrlHello, left: () => void) => {
    open += 1;
    const connection = new PlainConnection(wire, turn, limits.buffer_bytes);
    const still = heart.join(connection);
    visit(wire, connection, new PlainVisit(url, connection, options), options);
    wire.socket.on('close', () => {
      open -= 1;
      left();
      still();
    });
  };
  http.on('upgrade', onUpgrade);
  return {
    [Symbol.dispose]() {
      http.off('upgrade', onUpgrade);
      heart[Symbol.dispose]();
    },
  };
}

function visit(
  { socket, intake }: PlainWire,
  connection: PlainConnection,
  visit: PlainVisit,
  { onFault, onPong }: Pick<VisitOptions, 'onFault' | 'onPong'>,
): void {
  const heard = () => {
    connection.awaited = false;
  };
  /** Undefined: a binary frame. */
  const said = (text: string | undefined) => {
    // One bad frame must not end the process, whatever it hits upon.
    try {
      if (text === undefined) visit.takeBinary();
      else visit.take(text);
    } catch (fault) {
      onFault(fault);
    }
  };
  socket.on('message', (data, isBinary) => {
    heard();
    // Not the bytes: they are a piece of all that was read at once, which would stay as long as they wait.
    const text = isBinary ? undefined : String(data);
    if (intake.mayNow()) said(text);
    else intake.later(() => said(text));
  });
  socket.on('pong', () => {
    heard();
    const seconds = connection.ponged();
    if (seconds !== undefined) onPong(connection.face, seconds);
  });
  socket.on('ping', () => {
    heard();
    visit.pinged();
  });
  // What is wrong with the bytes was told to the connection; what is wrong with the network ends in `close`.
  socket.on('error', () => {});
  socket.on('close', () => {
    intake.finish();
    visit.ended('lost');
  });
}

/** What the path, the query and the headers say, or undefined where the path is none of this face. */
function urlHello({ url, headers }: IncomingMessage): UrlHello | undefined {
  const parsed = URL.parse(url ?? '', 'http://relay');
  if (!parsed?.pathname.startsWith(plainSocketPath)) return undefined;
  const user_id = decoded(parsed.pathname.slice(plainSocketPath.length));
  const { token, ...rest } = Object.fromEntries(parsed.searchParams);
  const given = token || bearerOf(headers.authorization);
  return { ...rest, ...(given !== undefined && { token: given }), user_id };
}

/** As it came where it is badly escaped: it is no user's name then. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Not even let in to be refused. */
function refuseUpgrade(stream: Duplex, status: number): void {
  stream.on('error', () => stream.destroy());
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
