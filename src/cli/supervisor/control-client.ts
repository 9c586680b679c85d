import { connect, type Socket } from 'node:net';
import { Problem } from '../../problem.ts';
import type { JournalEntry } from '../../protocol/records.ts';
import { fromRecord } from '../../stack/problems.ts';
import {
  type ControlAnswer,
  type ControlCommand,
  controlVersion,
  fromSupervisor,
  type Snapshot,
  type ToSupervisor,
} from './control-frames.ts';
import { lineSplitter } from './ndjson.ts';

export interface ControlClientOptions {
  readonly path: string;
  readonly role: 'owner' | 'viewer';
  /** The first journal number that is wanted. */
  readonly from: number;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  readonly onEntries: (entries: readonly JournalEntry[]) => void;
}

/** A view's end of the control socket. Disposing it gives up the lease that an owner holds. */
export interface ControlClient extends AsyncDisposable {
  /** Resolves when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>;
  /** @throws Problem where it was refused, or nobody is left to answer */
  command(command: ControlCommand): Promise<ControlAnswer>;
  /** Stops reading, so that the supervisor stops sending, until `resume`. */
  pause(): void;
  resume(): void;
}

/** The supervisor's lines are long where a snapshot names many users. */
const longestLine = 16 * 1024 * 1024;

export async function openControlClient(options: ControlClientOptions): Promise<ControlClient> {
  const socket = await dial(options.path);
  const waiting = new Map<number, PromiseWithResolvers<ControlAnswer>>();
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  let lastId = 0;

  const onLine = (line: string): void => {
    const frame = fromSupervisor.parse(JSON.parse(line));
    if (frame.type === 'snapshot') options.onSnapshot(frame);
    else if (frame.type === 'journal') options.onEntries(frame.entries);
    else {
      const { id, answer = {}, problem } = frame;
      if (problem) waiting.get(id)?.reject(fromRecord(problem));
      else waiting.get(id)?.resolve(answer);
      waiting.delete(id);
    }
  };
  socket.on(
    'data',
    lineSplitter(longestLine, onLine, () => socket.destroy()),
  );
  // What follows is `close`, and that says enough.
  socket.on('error', () => {});
  void closed.then(() => {
    for (const { reject } of waiting.values()) reject(hungUp());
    waiting.clear();
  });

  const send = (frame: ToSupervisor): void => void socket.write(`${JSON.stringify(frame)}\n`);
  send({ type: 'hello', version: controlVersion, role: options.role, from: options.from });

  return {
    closed,
    async command(command) {
      if (socket.closed || !socket.writable) throw hungUp();
      lastId += 1;
      const reply = Promise.withResolvers<ControlAnswer>();
      waiting.set(lastId, reply);
      send({ type: 'command', id: lastId, command });
      return reply.promise;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await closed;
    },
  };
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (cause) => reject(nobodyListens(path, cause)));
  });
}

const nobodyListens = (path: string, cause: unknown) =>
  new Problem({
    code: 'no-supervisor',
    message: `The run has ended: nobody answers on ${path} any more.`,
    hint: '"collab-dev ps" shows what runs here; "collab-dev up" starts a stack.',
    cause,
  });

const hungUp = () =>
  new Problem({
    code: 'supervisor-gone',
    message: 'The stack has ended before it answered.',
    hint: '"collab-dev ps" shows what is left of it, "collab-dev logs supervisor" why it ended.',
  });
