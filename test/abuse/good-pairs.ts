import { setTimeout as wait } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { tokenFor } from './tokens.ts';

const delivered = z.object({ id: z.string() });

/** Pairs of friends with stock clients, each sending to the other at an easy pace. */
export interface GoodPairs extends Disposable {
  /** Lets them exchange events; answers the ms from sending to receiving of each, and how many did not come. */
  exchange(options: { readonly ms: number; readonly everyMs: number }): Promise<Exchanged>;
}

export interface Exchanged {
  readonly latencies: readonly number[];
  readonly lost: number;
  readonly disconnects: number;
}

/** So long may the last events still be on their way. */
const patienceMs = 20_000;

export async function connectPairs(url: string, count: number): Promise<GoodPairs> {
  const sockets: Socket[] = [];
  let disconnects = 0;
  const sent = new Map<string, number>();
  let latencies: number[] = [];

  async function connect(user: string, friend: string): Promise<Socket> {
    const socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      auth: { token: await tokenFor(user), friends: [friend] },
    });
    sockets.push(socket);
    socket.on('disconnect', () => {
      disconnects += 1;
    });
    socket.on('collab_event', (raw: unknown) => {
      const { id } = delivered.parse(raw);
      const at = sent.get(id);
      if (at === undefined) return;
      sent.delete(id);
      latencies.push(performance.now() - at);
    });
    await new Promise<void>((resolve) => socket.once('ready', () => resolve()));
    return socket;
  }

  const people = await Promise.all(
    Array.from({ length: count * 2 }, async (_, n) => {
      const [user, friend] = [`good-${n}`, `good-${n ^ 1}`];
      return { user, friend, socket: await connect(user, friend) };
    }),
  );
  let n = 0;

  return {
    async exchange({ ms, everyMs }) {
      latencies = [];
      const before = disconnects;
      const end = performance.now() + ms;
      await Promise.all(
        people.map(async ({ user, friend, socket }, index) => {
          await wait((everyMs * index) / people.length);
          while (performance.now() < end) {
            n += 1;
            const id = `g${n}`;
            sent.set(id, performance.now());
            const data = { position_id: 'p', updates: { notes: 'steady' } };
            socket.emit('collab_event', {
              id,
              type: 'position_updated',
              from_user: user,
              to_users: [friend],
              data,
            });
            await wait(everyMs);
          }
        }),
      );
      const deadline = performance.now() + patienceMs;
      while (sent.size > 0 && performance.now() < deadline) await wait(20);
      const lost = sent.size;
      sent.clear();
      return { latencies, lost, disconnects: disconnects - before };
    },
    [Symbol.dispose]() {
      for (const socket of sockets) socket.disconnect();
    },
  };
}
