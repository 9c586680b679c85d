import type { Server as HttpServer } from 'node:http';
import { type Socket as AnySocket, Server } from 'socket.io';
import { bearerOf } from '../http/bearer.ts';
import { type CloseWord, closeRules } from '../protocol/close-codes.ts';
import type { UserId } from '../protocol/ids.ts';
import type { BackendToRelay, RelayToBackend } from '../protocol/relay-socket.ts';
import type { DoorOptions } from './door.ts';
import type { Admission } from './identify.ts';
import { Intake } from './intake.ts';
import { faultWord, TellingServer, TellingSocket } from './prompt-sockets.ts';
import { errorFrame, isTerminal } from './refusal-frames.ts';
import type { Session } from './sessions.ts';
import { SocketIoConnection } from './socket-io-connection.ts';
import { Turn } from './turn.ts';

interface Admitted {
  admission?: Admission;
}

export type RelaySocket = AnySocket<BackendToRelay, RelayToBackend, Record<string, never>, Admitted>;

/**
 * The Socket.IO face, below `/socket.io` of an HTTP server. How a refusal reaches a stock client so that it stays away,
 * or comes back, is decided here and in SocketIoConnection.
 */
export function socketIoFace(http: HttpServer, options: DoorOptions): { close(): Promise<void> } {
  const { limits, doorkeeper } = options;
  const turn = new Turn();
  const io = new Server<BackendToRelay, RelayToBackend, Record<string, never>, Admitted>(http, {
    serveClient: false,
    transports: ['polling', 'websocket'],
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: limits.frame_bytes,
    pingInterval: limits.ping_interval_ms,
    pingTimeout: limits.ping_timeout_ms,
    connectTimeout: limits.hello_timeout_ms,
    wsEngine: TellingServer,
    // What is not for Socket.IO is for the plain face.
    destroyUpgrade: false,
    // Backends are programs and send no Origin; a page has no business here.
    allowRequest: (request, decide) => {
      if (request.headers.origin !== undefined) decide('forbidden', false);
      else decide(null, doorkeeper.admits(request) && io.engine.clientsCount < limits.connections * 2);
    },
  });

  io.engine.on('connection', (conn: RelaySocket['conn']) => {
    conn.once('close', doorkeeper.entered(conn.request));
  });
  const greeted = new WeakSet<RelaySocket['conn']>();
  io.use((socket, next) => {
    // A connection is one user's, and for one visit: a second greeting on it is no stock client's.
    if (greeted.has(socket.conn)) {
      socket.conn.close();
      return;
    }
    greeted.add(socket.conn);
    const { auth, query, headers } = socket.handshake;
    const token = bearerOf(headers.authorization);
    options.admit({ ...(token !== undefined && { token }), ...query, ...auth }).then(
      (admission) => {
        socket.data.admission = admission;
        // A stock client never comes back from a connect error, so it is for good only.
        next(!admission.ok && isTerminal(admission.word) ? connectError(admission, options) : undefined);
      },
      (fault: unknown) => {
        options.onFault(fault);
        socket.conn.close();
      },
    );
  });

  io.on('connection', (socket) => {
    // It is called in a turn of its own, where a fault would end the process.
    try {
      enter(socket);
    } catch (fault) {
      options.onFault(fault);
      socket.conn.close();
    }
  });
  const enter = (socket: RelaySocket) => {
    const { admission } = socket.data;
    socket.data = {};
    const address = doorkeeper.addressOf(socket.conn.request);
    const intake = new Intake(options.turns, wireOf(socket.conn));
    // The request that began it is of no more use, and the biggest part of an idle connection; so is what it said.
    Object.assign(socket.conn, { request: undefined });
    Object.assign(socket, { handshake: undefined });
    const connection = new SocketIoConnection({ socket, address, intake }, turn, limits.buffer_bytes);
    if (!admission?.ok) {
      options.onRefused(admission?.user, admission?.word ?? 'protocol');
      connection.close(admission?.word ?? 'protocol');
      return;
    }
    const session = options.open(admission.identity, connection);
    if (!session) return;
    connection.onPong = (seconds) => options.onPong(connection.face, seconds);
    serve(socket, intake, connection, session, options.onFault);
  };

  return { close: () => io.close() };
}

function serve(
  socket: RelaySocket,
  intake: Intake,
  connection: SocketIoConnection,
  session: Session,
  onFault: (fault: unknown) => void,
): void {
  connection.onOverflow = () => session.overflowed();
  const heard = (packet: readonly unknown[]) => {
    const [name, payload, reply] = packet;
    // One bad frame must not end the process, whatever it hits upon.
    try {
      take(session, name, payload, isReply(reply) ? reply : ignoreReply, onFault);
    } catch (fault) {
      onFault(fault);
    }
  };
  // As middleware, because that runs in order: a listener would only see a frame after a disconnect that came with it.
  socket.use((packet) => {
    if (!socket.connected) return;
    if (intake.mayNow()) heard(packet);
    else intake.later(() => heard(packet));
  });
  const watchWire = () => {
    const wire = wireOf(socket.conn);
    if (!wire) return;
    wire.onClosing = (fault) => {
      if (fault === undefined) return;
      intake.finish();
      const word = faultWord(fault);
      // Past the engine, which may be busy with another frame, and sends nothing any more when the wire closes.
      wire.send(`42["collab_error",${JSON.stringify(errorFrame(word))}]`);
      session.ended(word);
    };
  };
  watchWire();
  socket.conn.on('upgrade', watchWire);
  socket.on('disconnecting', () => intake.finish());
  socket.on('disconnect', (reason) => {
    session.ended(reason);
    // Of a client that leaves without hanging up nobody would ask who it is any more.
    socket.conn.close();
  });
}

/** The WebSocket below, which can be told not to read, and tells what is wrong; it is no part of the library's types. */
function wireOf({ transport }: RelaySocket['conn']): TellingSocket | undefined {
  const socket: unknown = Reflect.get(transport, 'socket');
  return socket instanceof TellingSocket ? socket : undefined;
}

type Reply = (answer: object) => void;

const ignoreReply: Reply = () => {};

const isReply = (value: unknown): value is Reply => typeof value === 'function';

/** One frame from a backend, by its name in protocol/relay-socket.ts. Unknown ones are left alone. */
function take(
  session: Session,
  name: unknown,
  payload: unknown,
  reply: Reply,
  onFault: (fault: unknown) => void,
): void {
  switch (name) {
    case 'collab_event':
      reply(session.submit(payload));
      break;
    case 'collab_ack':
      session.acknowledge(payload);
      break;
    case 'collab_fetch':
      session.fetch(payload);
      break;
    case 'collab_fetch_result':
      session.fetched(payload);
      break;
    case 'collab_friends':
      session.declareFriends(payload);
      break;
    case 'auth_refresh':
      session.refresh(payload).then(reply, onFault);
      break;
    case 'bye':
      session.bye();
      break;
  }
}

/** What a stock client gets in `connect_error`, with the word in `data`. */
function connectError(
  { word, user }: { readonly word: CloseWord; readonly user: UserId | undefined },
  options: DoorOptions,
): Error {
  options.onRefused(user, word);
  return Object.assign(new Error(closeRules[word].meaning), { data: errorFrame(word) });
}
