import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { decodeJwt } from 'jose';
import { sendJson, sendRefusal } from '../../http/answer.ts';
import { bearerOf } from '../../http/bearer.ts';
import { listen } from '../../http/listen.ts';
import { openServer } from '../../http/open-server.ts';
import { Refused } from '../../http/refused.ts';
import { loadTls } from '../../http/tls.ts';
import { backendConfig } from '../../protocol/backend-config.ts';
import { backendRoutes } from '../../protocol/backend-rest.ts';
import type { Census } from '../../protocol/census.ts';
import { type UserId, userId } from '../../protocol/ids.ts';
import type { Tell } from '../../protocol/records.ts';
import type { SingleConfig } from '../../protocol/single-config.ts';
import { checkTrust } from '../check-trust.ts';
import { openUserBackend, type UserBackend } from '../user-backend.ts';
import { askInProcess } from './ask-in-process.ts';
import { Bus } from './bus.ts';
import { BusCarrier } from './bus-carrier.ts';

export interface Single extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  census(): Census;
}

const headMs = 10_000;
const what = 'The one backend';

/** What a page hears whose token names nobody of this process. */
const noToken = 'HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Starts one process for several users. The `sub` of the token picks the store, and with it everything that a backend
 * of this user alone would do; the stores share nothing but the port and the bus. Rejects with a Problem.
 */
export async function openSingle(config: SingleConfig, { tell }: { readonly tell: Tell }): Promise<Single> {
  const { host, run_id } = config;
  const settings = config.users.map((user) =>
    backendConfig.parse({ ...user, host, port: config.port, run_id }),
  );
  for (const user of settings) checkTrust(user);
  const tls = config.tls && (await loadTls(config.tls, what));
  const users = new Map<UserId, UserBackend>();
  const bus = new Bus();
  const listener: RequestListener = (request, response) => {
    const user = users.get(callerOf(request) ?? settings[0]?.user_id ?? userId.parse('nobody'));
    const path = request.url?.split('?')[0];
    if (path === backendRoutes.readyz.path) {
      // Of all of them, so of none by name.
      const isReady = users.size === settings.length;
      sendJson(response, isReady ? 200 : 503, {
        status: isReady ? 'ready' : 'not-ready',
        ...(run_id !== undefined && { run_id }),
        ...(!isReady && { waiting_for: ['databases'] }),
      });
    } else if (users.size < settings.length) sendRefusal(response, new Refused('unavailable'));
    else if (user) user.listener(request, response);
    else sendRefusal(response, new Refused('bad_token'));
  };
  const server = openServer({ tls, headMs }, listener);
  server.on('upgrade', (request, socket, head) => {
    const user = users.get(callerOf(request) ?? userId.parse('nobody'));
    if (user) user.upgrade(request, socket, head);
    else refuseUpgrade(socket);
  });
  const close = async () => {
    const closing = [...users.values()];
    users.clear();
    await Promise.all(closing.map((user) => user[Symbol.asyncDispose]()));
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  const { url, port } = await listen(server, {
    host,
    port: config.port,
    what,
    scheme: tls ? 'https' : 'http',
  });
  const publicUrl = (config.public_url ?? url).replace(/\/+$/, '');
  const opened: UserBackend[] = [];
  try {
    for (const one of settings) {
      const { user_id: me, display_name: displayName, acks } = one;
      const user = await openUserBackend(one, {
        publicUrl,
        tell,
        otherWay: ({ store, tokenFor, peerKey, tell: told }) => ({
          carrier: (events) =>
            new BusCarrier(
              { me, displayName, acks, friends: store.friends, url: publicUrl, peerKey, bus, tell: told },
              events,
            ),
          askPeer: askInProcess({ me, tokenFor, backendOf: (owner) => users.get(owner) }),
        }),
      });
      opened.push(user);
    }
    for (const user of opened) users.set(user.user, user);
  } catch (error) {
    for (const user of opened) await user[Symbol.asyncDispose]();
    await close();
    throw error;
  }
  return {
    url,
    port,
    census: () => together([...users.values()].map((user) => user.census())),
    [Symbol.asyncDispose]: close,
  };
}

/** From here on nobody else listens to the socket: an error of its would end the process, and half of it would stay. */
function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(noToken);
}

/** Whom the token of a request names; it proves nothing yet, and the store that it picks will see to that. */
function callerOf({ headers, url }: IncomingMessage): UserId | undefined {
  const query = new URLSearchParams(url?.split('?', 2)[1] ?? '');
  const token = bearerOf(headers.authorization) ?? query.get('token') ?? undefined;
  if (token === undefined) return undefined;
  try {
    return userId.safeParse(decodeJwt(token).sub).data;
  } catch {
    return undefined;
  }
}

function together(all: readonly Census[]): Census {
  const sum = (of: (census: Census) => Readonly<Record<string, number>>) => {
    const sums: Record<string, number> = {};
    for (const census of all) {
      for (const [work, n] of Object.entries(of(census))) sums[work] = (sums[work] ?? 0) + n;
    }
    return sums;
  };
  return {
    links: all.flatMap(({ links }) => links),
    runnable: sum(({ runnable }) => runnable),
    parked: sum(({ parked }) => parked),
    pages: all.flatMap(({ pages }) => pages),
  };
}
