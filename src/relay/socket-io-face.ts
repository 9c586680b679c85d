import type { Server as HttpServer } from 'node:http';
import { type Socket as AnySocket, Server } from 'socket.io';
import { type CloseWord, closeRules } from '../protocol/close-codes.ts';
import type { UserId } from '../protocol/ids.ts';
import type { RelayLimits } from '../protocol/limits.ts';
import type { RelayToBackend } from '../protocol/relay-socket.ts';
import type { Admission, Identity } from './identify.ts';
import { errorFrame, isTerminal } from './refusal-frames.ts';
import { bearerOf } from './rest.ts';
import type { Session } from './sessions.ts';
import { SocketIoConnection } from './socket-io-connection.ts';

/** What a client may emit, unparsed: the last argument is a function where an answer is wanted. */
interface FromBackend {
  collab_event: (event: unknown, reply?: unknown) => void;
  collab_ack: (ack: unknown) => void;
  collab_friends: (friends: unknown) => void;
  auth_refresh: (refresh: unknown, reply?: unknown) => void;
  bye: () => void;
}

interface Admitted {
  admission?: Admission;
}

export type RelaySocket = AnySocket<FromBackend, RelayToBackend, Record<string, never>, Admitted>;

export interface FaceOptions {
  readonly limits: RelayLimits;
  readonly admit: (hello: unknown) => Promise<Admission>;
  readonly open: (identity: Identity, connection: SocketIoConnection) => Session | undefined;
  readonly onRefused: (user: UserId | undefined, word: CloseWord) => void;
  /** Gets what was thrown and should not have been. */
  readonly onFault: (fault: unknown) => void;
}

/**
 * The Socket.IO face, below `/socket.io` of an HTTP server. How a refusal reaches a stock client so that it stays away,
 * or comes back, is decided here and in SocketIoConnection.
 */
export function socketIoFace(http: HttpServer, options: FaceOptions): { close(): Promise<void> } {
  const { limits } = options;
  const io = new Server<FromBackend, RelayToBackend, Record<string, never>, Admitted>(http, {
    serveClient: false,
    transports: ['polling', 'websocket'],
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: limits.frame_bytes,
    pingInterval: 15_000,
    pingTimeout: 10_000,
    connectTimeout: limits.hello_timeout_ms,
    // Backends are programs and send no Origin; a page has no business here.
    allowRequest: (request, decide) => {
      if (request.headers.origin !== undefined) decide('forbidden', false);
      else decide(null, io.engine.clientsCount < limits.connections * 2);
    },
  });

  io.use((socket, next) => {
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
    const { admission } = socket.data;
    socket.data = {};
    const connection = new SocketIoConnection(socket, limits.buffer_bytes);
    if (!admission?.ok) {
      options.onRefused(admission?.user, admission?.word ?? 'protocol');
      connection.close(admission?.word ?? 'protocol');
      return;
    }
    const session = options.open(admission.identity, connection);
    if (session) serve(socket, connection, session, options.onFault);
  });

  return { close: () => io.close() };
}

function serve(
  socket: RelaySocket,
  connection: SocketIoConnection,
  session: Session,
  onFault: (fault: unknown) => void,
): void {
  connection.onOverflow = () => session.overflowed();
  // One bad frame must not end the process, whatever it hits upon.
  const guarded = (act: () => void) => {
    try {
      act();
    } catch (fault) {
      onFault(fault);
    }
  };
  socket.on('collab_event', (event, reply) => {
    guarded(() => {
      const answer = session.submit(event);
      if (isReply(reply)) reply(answer);
    });
  });
  socket.on('collab_ack', (ack) => guarded(() => session.acknowledge(ack)));
  socket.on('collab_friends', (friends) => guarded(() => session.declareFriends(friends)));
  socket.on('auth_refresh', (refresh, reply) => {
    session.refresh(refresh).then((answer) => isReply(reply) && reply(answer), onFault);
  });
  socket.on('bye', () => guarded(() => session.bye()));
  socket.on('disconnect', (reason) => session.ended(reason));
}

const isReply = (value: unknown): value is (answer: object) => void => typeof value === 'function';

/** What a stock client gets in `connect_error`, with the word in `data`. */
function connectError(
  { word, user }: { readonly word: CloseWord; readonly user: UserId | undefined },
  options: FaceOptions,
): Error {
  options.onRefused(user, word);
  return Object.assign(new Error(closeRules[word].meaning), { data: errorFrame(word) });
}
