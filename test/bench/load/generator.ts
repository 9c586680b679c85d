import { SignJWT } from 'jose';
import { quantile } from '../paired.ts';
import { type LoadReport, order } from './orders.ts';
import { connectUser, type User } from './user.ts';

// A process of its own, so that making the load costs the measured server nothing but its share of the machine.

interface Target {
  readonly users: readonly User[];
  readonly names: readonly string[];
  delays: number[];
}

const targets = new Map<string, Target>();

/** More connections at once than this, and a server refuses some because its backlog is full. */
const connectsAtOnce = 50;

/** What is still on its way when the last event is sent gets so long to arrive. */
const stragglersMs = 2000;

type Connect = Extract<ReturnType<typeof order.parse>, { type: 'connect' }>;
type Load = Extract<ReturnType<typeof order.parse>, { type: 'load' }>;

async function connect({ target, url, users: count, manner, wire, secret, strangers }: Connect) {
  const names = Array.from({ length: count }, (_, index) => `user${index}`);
  const users: User[] = [];
  const made: Target = { users, names, delays: [] };
  for (let from = 0; from < count; from += connectsAtOnce) {
    const batch = names.slice(from, from + connectsAtOnce).map(async (name) =>
      connectUser({
        url,
        name,
        token: await tokenFor(name, secret),
        friends: strangers ? [] : names.filter((other) => other !== name),
        manner,
        wire,
        onDelivered: (ms) => void made.delays.push(ms),
      }),
    );
    users.push(...(await Promise.all(batch)));
  }
  targets.set(target, made);
  return { connected: users.length };
}

const tokenFor = (user: string, secret: string): Promise<string> =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience('collab-relay')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));

async function load({ target: name, rate, fanOut, ms }: Load): Promise<LoadReport> {
  const target = targets.get(name);
  if (!target) throw new Error(`Nobody is connected to ${name}.`);
  target.delays = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  let sent = 0;
  for (let now = began; now < began + ms; now = performance.now()) {
    for (const due = ((now - began) / 1000) * rate; sent < due; sent += 1) sendOne(target, sent, fanOut);
    await pause(1);
  }
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const deadline = performance.now() + stragglersMs;
  while (target.delays.length < sent * fanOut && performance.now() < deadline) await pause(5);
  return {
    sent,
    delivered: target.delays.length,
    p50: quantile(target.delays, 0.5),
    p99: quantile(target.delays, 0.99),
    generatorLoad: (user + system) / 1000 / wallMs,
  };
}

/** Everybody sends in turn, to others in turn. */
function sendOne({ users, names }: Target, count: number, fanOut: number): void {
  const sender = count % users.length;
  const round = Math.floor(count / users.length);
  const to = Array.from({ length: fanOut }, (_, index) => {
    const step = 1 + ((round + index) % (users.length - 1));
    return names[(sender + step) % users.length] ?? '';
  });
  users[sender]?.send(to);
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

process.on('message', async (raw) => {
  const given = order.parse(raw);
  process.send?.(given.type === 'connect' ? await connect(given) : await load(given));
});
process.on('disconnect', () => process.exit());
