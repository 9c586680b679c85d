import { z } from 'zod';
import type { Manner, WireName } from './orders.ts';
import { wires } from './wires.ts';

export interface UserOptions {
  readonly url: string;
  readonly name: string;
  readonly token: string;
  readonly friends: readonly string[];
  readonly manner: Manner;
  readonly wire: WireName;
  /** How long an event took, in ms. */
  readonly onDelivered: (ms: number) => void;
}

export interface User {
  send(to: readonly string[]): void;
}

const received = z.object({ id: z.string(), from_user: z.string(), epoch: z.string(), seq: z.int() });
type Received = z.infer<typeof received>;

/** Like our own backends: acknowledgements wait so long for company, and name so many at most. */
const acknowledgeAfterMs = 20;
const acknowledgeAtOnce = 16;

export async function connectUser(options: UserOptions): Promise<User> {
  const { url, name, token, friends, manner, wire, onDelivered } = options;
  const acks = manner === 'ours';
  const pending = new Map<string, Received[]>();

  const acknowledge = (from: string, events: readonly Received[]): void => {
    const last = events.at(-1);
    const results = events.map(({ id }) => ({ id, status: 'delivered' }));
    connected.acknowledge(JSON.stringify({ from, epoch: last?.epoch, upto: last?.seq, results }));
    pending.delete(from);
  };
  const acknowledgeAll = () => {
    for (const [from, events] of pending) acknowledge(from, events);
  };
  const connected = await wires[wire]({
    url,
    name,
    auth: { user_id: name, backend_url: 'http://127.0.0.1:8000', token, friends, ...(acks && { acks }) },
    onEvent(json) {
      onDelivered(performance.now() - sentAt(json));
      if (!acks) return;
      const event = received.parse(JSON.parse(json));
      if (pending.size === 0) setTimeout(acknowledgeAll, acknowledgeAfterMs);
      const events = pending.get(event.from_user) ?? [];
      events.push(event);
      pending.set(event.from_user, events);
      if (events.length >= acknowledgeAtOnce) acknowledge(event.from_user, events);
    },
  });

  let count = 0;
  const numbers = new Map<string, number>();
  const ofOurs = (to: readonly string[]): object => {
    for (const user of to) numbers.set(user, (numbers.get(user) ?? 0) + 1);
    const seq = Object.fromEntries(to.map((user) => [user, numbers.get(user)]));
    return { id: `${name}-${count}`, epoch: 'bench', seq, base: seq, sent_at: new Date().toISOString() };
  };
  return {
    send(to) {
      count += 1;
      const payload = payloads[count % payloads.length];
      const event = {
        type: payload?.type,
        from_user: name,
        to_users: to,
        data: { ...payload?.data, bench_at: performance.now() },
        ...(acks && ofOurs(to)),
      };
      connected.send(JSON.stringify(event), to, acks ? count : undefined);
    },
  };
}

/** Every server passes unknown keys of `data` on, so the time of sending travels there. */
function sentAt(text: string): number {
  const key = '"bench_at":';
  return Number.parseFloat(text.slice(text.indexOf(key) + key.length));
}

/** The brief's own examples. */
const payloads = [
  {
    type: 'position_shared',
    data: {
      position_id: '5c7f5d0e-3c5e-4b6e-9d5a-2f4f6f1f7a11',
      share_url: 'http://127.0.0.1:8000/api/v1/positions/ideas/5c7f5d0e-3c5e-4b6e-9d5a-2f4f6f1f7a11',
      shared_at: '2025-10-30T10:00:00Z',
    },
  },
  {
    type: 'comment_added',
    data: {
      position_id: '5c7f5d0e-3c5e-4b6e-9d5a-2f4f6f1f7a11',
      comment: {
        id: 'c1',
        text: 'Great setup!',
        user: { id: 'user0', display_name: 'Jane' },
        created_at: '2025-10-30T10:05:00Z',
      },
    },
  },
  {
    type: 'position_updated',
    data: {
      position_id: '5c7f5d0e-3c5e-4b6e-9d5a-2f4f6f1f7a11',
      updates: { tags: ['bullish', 'momentum'], notes: 'Updated analysis' },
    },
  },
] as const;
