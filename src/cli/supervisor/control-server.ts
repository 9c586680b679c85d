import { chmod } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { problemOf } from '../../host/problems.ts';
import { messageOf, Problem } from '../../problem.ts';
import type { JournalEntry } from '../../protocol/records.ts';
import {
  type ControlAnswer,
  type ControlCommand,
  controlVersion,
  type FromSupervisor,
  type Snapshot,
  toSupervisor,
} from './control-frames.ts';
import { lineSplitter } from './ndjson.ts';

/** What a supervisor shows of its journal; the stack's Journal is one. */
export interface JournalSource {
  readonly first: number;
  readonly last: number;
  since(n: number): readonly JournalEntry[];
}

export interface ControlServerOptions {
  readonly path: string;
  readonly snapshot: () => Snapshot;
  /** Undefined until there is one. */
  readonly journal: () => JournalSource | undefined;
  /** `gone`: whoever asked has hung up. */
  readonly command: (command: ControlCommand, gone: AbortSignal) => Promise<ControlAnswer>;
  /** Somebody came who looks on. */
  readonly onView?: () => void;
  /** The owner came, and went. */
  readonly onOwner: () => void;
  readonly onOwnerGone: () => void;
}

export interface ControlServer extends AsyncDisposable {
  /** The snapshot has changed: tells every view. */
  snapshotChanged(): void;
  /** The journal has grown: hands on what each view has room for. */
  journalGrew(): void;
  /** Resolves when every view has been sent all there is, or has stopped reading for `ms`. */
  settled(ms: number): Promise<void>;
}

/** Entries in one frame, and bytes that may wait for a view before it is cut off until it has read them. */
const batch = 200;
const bufferBytes = 256 * 1024;
const longestLine = 64 * 1024;

interface View {
  readonly socket: Socket;
  /** The next journal number that it gets. A view that does not read keeps its number and costs no memory. */
  next: number;
}

/** Listens for views of this run on a unix socket. */
export async function openControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const views = new Set<View>();
  const sockets = new Set<Socket>();
  const lease: Lease = { owner: undefined };

  const server = createServer((socket) => {
    sockets.add(socket);
    const greet = greeting(socket, options, lease, (view) => {
      views.add(view);
      socket.on('drain', () => push(view, options.journal()));
      socket.on('close', () => views.delete(view));
      send(socket, options.snapshot());
      push(view, options.journal());
    });
    socket.on(
      'data',
      lineSplitter(longestLine, greet, () => socket.destroy()),
    );
    // A view that vanishes is no news: its `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(options.path, error)));
    server.listen(options.path, resolve);
  });
  await chmod(options.path, 0o600);

  return {
    snapshotChanged() {
      const frame = options.snapshot();
      for (const { socket } of views) send(socket, frame);
    },
    journalGrew() {
      const journal = options.journal();
      for (const view of views) push(view, journal);
    },
    async settled(ms) {
      const deadline = performance.now() + ms;
      for (const view of views) await caughtUp(view, options.journal(), deadline);
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroySoon();
      await closed;
    },
  };
}

/** Whose going ends the run: one connection at a time. */
interface Lease {
  owner: Socket | undefined;
}

/** Reads a view's lines: first `hello`, then commands. */
function greeting(socket: Socket, options: ControlServerOptions, lease: Lease, join: (view: View) => void) {
  let greeted = false;
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  return (line: string): void => {
    const frame = toSupervisor.safeParse(parseJson(line));
    if (!frame.success) return void socket.destroy();
    if (frame.data.type === 'hello') {
      if (greeted || frame.data.version !== controlVersion) return void socket.destroy();
      greeted = true;
      if (frame.data.role === 'owner') {
        if (lease.owner) return void socket.destroy();
        lease.owner = socket;
        options.onOwner();
        socket.on('close', options.onOwnerGone);
      } else options.onView?.();
      const { from } = frame.data;
      join({ socket, next: from > 0 ? from : (options.journal()?.last ?? 0) + 1 });
      return;
    }
    if (!greeted) return void socket.destroy();
    const { id, command } = frame.data;
    options.command(command, gone.signal).then(
      (answer) => send(socket, { type: 'reply', id, answer }),
      (error: unknown) => send(socket, { type: 'reply', id, problem: problemOf(error) }),
    );
  };
}

/** Sends journal entries while there is room; `drain` goes on where this stops. */
function push(view: View, journal: JournalSource | undefined): void {
  if (!journal) return;
  while (view.socket.writable && view.socket.writableLength < bufferBytes && view.next <= journal.last) {
    const entries = journal.since(view.next).slice(0, batch);
    const last = entries.at(-1);
    if (!last) return;
    view.next = last.n + 1;
    send(view.socket, { type: 'journal', entries: [...entries] });
  }
}

async function caughtUp(view: View, journal: JournalSource | undefined, deadline: number): Promise<void> {
  const done = () =>
    !view.socket.writable || (view.socket.writableLength === 0 && view.next > (journal?.last ?? 0));
  while (!done()) {
    const left = deadline - performance.now();
    if (left <= 0) return;
    push(view, journal);
    if (view.socket.writableLength === 0) continue;
    await Promise.race([
      new Promise<void>((resolve) => view.socket.once('drain', resolve).once('close', resolve)),
      new Promise<void>((resolve) => setTimeout(resolve, left).unref()),
    ]);
  }
}

function send(socket: Socket, frame: FromSupervisor): void {
  if (socket.writable) socket.write(`${JSON.stringify(frame)}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const cannotListen = (path: string, cause: unknown) =>
  new Problem({
    code: 'control-socket',
    message: `The supervisor cannot listen on ${path}: ${messageOf(cause)}.`,
    hint: 'Its folder must lie on a file system that knows unix sockets: start collab-dev in another folder.',
    cause,
  });
