import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** Where the attack comes from: another address of this machine than everybody else's. */
const localAddress = '127.0.0.66';
/** Beyond what the network holds already, in bytes. */
const mostUnsent = 2 ** 20;

export interface Attack {
  /** `http://127.0.0.1:9000` */
  readonly url: string;
  readonly user: string;
  readonly token: string;
  /** Another attacker, who is a friend. */
  readonly accomplice: string;
  readonly signal: AbortSignal;
  /** Between two acts, in ms. */
  readonly paceMs: number;
  /** The relay closed one of its connections. */
  readonly closed: () => void;
}

/** One kind of bad client: goes on until the signal says stop, and comes back when it is thrown out. */
type BadClient = (attack: Attack) => Promise<void>;

const pause = (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }).catch(() => {});

/** Opens sockets of the plain face one after the other, and does its worst on each until that is closed. */
const onSockets =
  (
    path: (attack: Attack) => string,
    act: (socket: WebSocket, attack: Attack, n: number) => void,
  ): BadClient =>
  async (attack) => {
    const { url, signal, paceMs, closed } = attack;
    while (!signal.aborted) {
      const socket = new WebSocket(`${url.replace('http', 'ws')}${path(attack)}`, { localAddress });
      socket.on('error', () => {});
      const gone = once(socket, 'close');
      const opened = await Promise.race([
        once(socket, 'open').then(() => true),
        gone.then(() => false),
      ]).catch(() => false);
      for (let n = 0; opened && !signal.aborted && socket.readyState === WebSocket.OPEN; n += 1) {
        act(socket, attack, n);
        await pause(paceMs, signal);
      }
      if (!signal.aborted) closed();
      socket.terminate();
      await pause(paceMs, signal);
    }
  };

const withToken = ({ user, token, accomplice }: Attack): string =>
  `/ws/${user}?token=${token}&friends=${accomplice}`;
const engine = (): string => '/socket.io/?EIO=4&transport=websocket';

const event = ({ user, accomplice }: Attack, overrides: Record<string, unknown> = {}): string =>
  JSON.stringify({
    type: 'position_updated',
    from_user: user,
    to_users: [accomplice],
    data: { position_id: 'p', updates: { notes: 'x'.repeat(2000) } },
    ...overrides,
  });

/** Bare TCP connections that say something and wait, or go at once. */
const onTcp =
  (said: string, holdMs: number): BadClient =>
  async ({ url, signal, paceMs, closed }) => {
    const { hostname, port } = new URL(url);
    while (!signal.aborted) {
      const socket = connect({ host: hostname, port: Number(port), localAddress });
      socket.on('error', () => {});
      socket.resume();
      socket.write(said);
      const gone = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
      if ((await Promise.race([gone, pause(holdMs, signal)])) === true && !signal.aborted) closed();
      socket.destroy();
      await pause(paceMs, signal);
    }
  };

export const badClients: Readonly<Record<string, BadClient>> = {
  garbage: onSockets(engine, (socket) => socket.send(randomBytes(200))),
  nonsense: onSockets(withToken, (socket) => socket.send(randomBytes(200).toString('latin1'))),
  oversize: onSockets(withToken, (socket) => socket.send('x'.repeat(80_000))),
  'slow reader': onSockets(withToken, (socket, attack, n) => {
    // It is sent more than it ever reads: by itself, in answers, and by its accomplice.
    if (n === 0) socket.pause();
    for (let k = 0; k < 20; k += 1) socket.send(event(attack));
  }),
  'half handshake': onTcp(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: web',
    60_000,
  ),
  'silent socket': onSockets(engine, () => {}),
  replay: onSockets(withToken, (socket, attack) => socket.send(event(attack, { id: 'again-and-again' }))),
  spoof: onSockets(withToken, (socket, attack) =>
    socket.send(event(attack, { from_user: 'good-0', to_users: ['good-1'] })),
  ),
  flood: onSockets(withToken, (socket, attack) => {
    // There is always more under way than is read at once; what only waits in the attacker is no attack.
    for (let k = 0; k < 200 && socket.bufferedAmount < mostUnsent; k += 1) socket.send(event(attack));
  }),
  storm: onTcp('GET /ws/nobody HTTP/1.1\r\nHost: x\r\n\r\n', 5),
};
