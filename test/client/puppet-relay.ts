import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { onTestFinished } from 'vitest';

interface Frame {
  readonly name: string;
  readonly payload: Record<string, unknown>;
  /** Answers the emit, where an answer is wanted. */
  readonly reply: (answer: unknown) => void;
}

/** One accepted connection, played by the test: nothing is said that the test does not say. */
export interface PuppetConnection {
  readonly auth: Record<string, unknown>;
  readonly socket: Socket;
  readonly frames: Frame[];
  /** The next frame of that name that was not taken yet. */
  next(name: string): Promise<Frame>;
  greet(extra?: Record<string, unknown>): void;
}

export interface PuppetRelay {
  readonly url: string;
  /** How often somebody connected. */
  readonly dialled: number;
  /** The next connection that was not taken yet. */
  connection(): Promise<PuppetConnection>;
  /** The next handshakes are answered with a connect error. */
  refuseWith(data: Record<string, unknown> | undefined): void;
}

/** A queue whose reader may come first. */
function handover<T>() {
  const ready: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    put: (item: T) => {
      const take = waiting.shift();
      if (take) take(item);
      else ready.push(item);
    },
    take: async (): Promise<T> => {
      const item = ready.shift();
      if (item !== undefined) return item;
      const { promise, resolve } = Promise.withResolvers<T>();
      waiting.push(resolve);
      return promise;
    },
  };
}

/** A Socket.IO server that speaks the relay's frames as a test tells it to, where the real one would behave. */
export async function startPuppetRelay(): Promise<PuppetRelay> {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'] });
  const connections = handover<PuppetConnection>();
  let dialled = 0;
  let refusal: Record<string, unknown> | undefined;
  io.use((_socket, next) => {
    dialled += 1;
    next(refusal && Object.assign(new Error('refused'), { data: refusal }));
  });
  io.on('connection', (socket) => {
    const frames: Frame[] = [];
    const queues = new Map<string, ReturnType<typeof handover<Frame>>>();
    const queueOf = (name: string) => {
      const found = queues.get(name) ?? handover<Frame>();
      queues.set(name, found);
      return found;
    };
    socket.onAny((name: string, ...args: unknown[]) => {
      const answer = args.at(-1);
      const [payload] = args;
      const frame: Frame = {
        name,
        payload: typeof payload === 'object' && payload !== null ? { ...payload } : {},
        reply: (value) => typeof answer === 'function' && answer(value),
      };
      frames.push(frame);
      queueOf(name).put(frame);
    });
    connections.put({
      auth: { ...socket.handshake.auth },
      socket,
      frames,
      next: (name) => queueOf(name).take(),
      greet: (extra = {}) => {
        socket.emit('ready', {
          user_id: socket.handshake.auth.user_id,
          conn_id: socket.id,
          server_time: '2026-01-01T00:00:00Z',
          ...extra,
        });
      },
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => io.close());
  return {
    url: `ws://127.0.0.1:${portOf(http.address())}`,
    get dialled() {
      return dialled;
    },
    connection: () => connections.take(),
    refuseWith: (data) => {
      refusal = data;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
}
