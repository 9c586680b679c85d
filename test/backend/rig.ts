import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type Backend, openBackend } from '../../src/backend/backend.ts';
import { listen } from '../../src/http/listen.ts';
import { backendConfig } from '../../src/protocol/backend-config.ts';
import { backendRoutes } from '../../src/protocol/backend-rest.ts';
import { positionId } from '../../src/protocol/ids.ts';
import { relayLimits } from '../../src/protocol/limits.ts';
import { type PageFrame, pageFrame } from '../../src/protocol/page-socket.ts';
import type { Happening, StepName, StepRecord } from '../../src/protocol/records.ts';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import { openRelay, type Relay } from '../../src/relay/relay.ts';

export const secret = 'a secret that only this test knows';

/** Things in the order in which they came, to be waited for. */
export class Log<T> {
  readonly all: T[] = [];
  readonly #looking = new Set<() => void>();

  add(item: T): void {
    this.all.push(item);
    for (const look of this.#looking) look();
  }

  /** The first item, past or to come, that matches. */
  next<S extends T>(matches: (item: T) => item is S): Promise<S>;
  next(matches: (item: T) => boolean): Promise<T>;
  next(matches: (item: T) => boolean): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    const look = () => {
      const found = this.all.find(matches);
      if (found === undefined) return;
      this.#looking.delete(look);
      resolve(found);
    };
    this.#looking.add(look);
    look();
    return promise;
  }
}

export async function startRelay(
  port = 0,
  limits: z.input<typeof relayLimits> = {},
  config: Partial<z.input<typeof relayConfig>> = {},
): Promise<Relay & { readonly told: Log<Happening> }> {
  const told = new Log<Happening>();
  const relay = await openRelay(
    relayConfig.parse({
      port,
      trust: { hs256_secret: secret },
      grace_ms: 50,
      unavailable_after_ms: 20,
      limits: relayLimits.parse(limits),
      ...config,
    }),
    { tell: (happening) => told.add(happening) },
  );
  onTestFinished(() => relay[Symbol.asyncDispose]());
  return Object.assign(relay, { told });
}

export interface TokenOptions {
  readonly audience: string;
  readonly expiresInS?: number;
}

export function tokenFor(user: string, { audience, expiresInS = 600 }: TokenOptions): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience(audience)
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInS)
    .sign(new TextEncoder().encode(secret));
}

export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'collab-backend-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const parts = {
  position: backendRoutes.createPosition.answer,
  act: z.object({ event_ids: z.array(z.string()) }),
  positions: backendRoutes.listPositions.answer,
  comments: backendRoutes.listComments.answer,
  notifications: backendRoutes.listNotifications.answer,
  friends: backendRoutes.listFriends.answer,
  outbox: backendRoutes.readOutbox.answer,
  inbox: backendRoutes.readInbox.answer,
};
const ideas = '/api/v1/positions/ideas';

/** One user with a backend, and what they can do with it. */
export class User {
  readonly name: string;
  readonly folder: string;
  readonly told: Log<Happening>;
  readonly backend: Backend;
  readonly #token: string;

  constructor(name: string, folder: string, told: Log<Happening>, backend: Backend, token: string) {
    this.name = name;
    this.folder = folder;
    this.told = told;
    this.backend = backend;
    this.#token = token;
  }

  /** Any request, with the owner's token unless headers say otherwise. */
  async ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${this.backend.url}${path}`, {
      method,
      headers: {
        ...(headers ?? { authorization: `Bearer ${this.#token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  ownerToken = (): Promise<string> => tokenFor(this.name, { audience: `collab-backend:${this.name}` });

  async #act(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return parts.act.parse(answer.body).event_ids[0] ?? '';
  }

  async create(id: string, changes: Record<string, unknown> = {}) {
    const { body } = await this.ask('POST', ideas, { id, symbol: 'SAP', ...changes });
    return parts.position.parse(body);
  }

  /** These answer the id of the event that they sent; '' for none. */
  share = (id: string, ...friends: string[]) =>
    this.#act('POST', `${ideas}/${id}/share`, { friend_ids: friends });
  update = (id: string, change: unknown) => this.#act('PATCH', `${ideas}/${id}`, change);
  revoke = (id: string, friend: string) => this.#act('DELETE', `${ideas}/${id}/share/${friend}`);
  comment = (id: string, text: string, comment?: string) =>
    this.#act('POST', `${ideas}/${id}/comments`, { text, ...(comment && { id: comment }) });
  unfriend = (friend: string) => this.#act('DELETE', `/api/v1/friends/${friend}`);
  befriend = (friend: string) => this.ask('POST', '/api/v1/friends', { user_id: friend });

  async positions() {
    return parts.positions.parse((await this.ask('GET', ideas)).body);
  }
  async comments(id: string) {
    const thread = parts.comments.parse((await this.ask('GET', `${ideas}/${id}/comments`)).body);
    return thread.map(({ user, text }) => `${user.id}: ${text}`);
  }
  async notifications() {
    return parts.notifications.parse((await this.ask('GET', '/api/v1/notifications')).body);
  }
  async friends() {
    return parts.friends.parse((await this.ask('GET', '/api/v1/friends')).body);
  }
  async outbox(event?: string) {
    const query = event ? `?event_id=${event}` : '';
    return parts.outbox.parse((await this.ask('GET', `/api/v1/outbox${query}`)).body);
  }
  async inbox() {
    return parts.inbox.parse((await this.ask('GET', '/api/v1/inbox')).body);
  }

  /** The first record of a step, past or to come, of one event. */
  step(step: StepName, event: string, more: Partial<StepRecord> = {}): Promise<Happening> {
    const wanted = Object.entries({ type: 'step', step, event, ...more });
    return this.told.next((happening) => {
      const facts = new Map<string, unknown>(Object.entries(happening));
      return wanted.every(([key, value]) => facts.get(key) === value);
    });
  }

  /** Waits until the recipient has answered for good. */
  async settled(event: string, to: string) {
    const settled = await this.told.next(
      (one): one is Extract<Happening, { step: 'settled' }> =>
        one.type === 'step' &&
        one.step === 'settled' &&
        one.event === event &&
        one.to === to &&
        ['delivered', 'refused', 'quarantined'].includes(one.stage),
    );
    return settled.code ? `${settled.stage} ${settled.code}` : settled.stage;
  }

  async page(token = this.#token, headers: Record<string, string> = {}) {
    const socket = new WebSocket(`${this.backend.url.replace('http', 'ws')}/ws/collab?token=${token}`, {
      headers,
    });
    onTestFinished(() => socket.terminate());
    const frames = new Log<PageFrame>();
    socket.on('message', (data) => frames.add(pageFrame.parse(JSON.parse(String(data)))));
    const { promise, resolve } = Promise.withResolvers<number>();
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => {});
    socket.on('open', () => resolve(101));
    const status = await promise;
    return { socket, frames, status };
  }

  stop(): Promise<void> {
    return Promise.resolve(this.backend[Symbol.asyncDispose]());
  }
}

export interface UserOptions {
  /** Undefined: the direct topology. */
  readonly relay: { readonly url: string } | undefined;
  readonly friends?: readonly string[];
  readonly folder?: string;
  /** False: does not wait for the relay. */
  readonly connected?: boolean;
  readonly config?: Partial<z.input<typeof backendConfig>>;
}

/** Starts a user's backend on a free port, connected to the relay; it lives as long as the test. */
export async function startUser(name: string, options: UserOptions): Promise<User> {
  const { relay, friends = [], connected = true, config = {} } = options;
  const folder = options.folder ?? (await aFolder());
  const told = new Log<Happening>();
  const backend = await openBackend(
    backendConfig.parse({
      user_id: name,
      display_name: name.replace(/^./, (letter) => letter.toUpperCase()),
      port: 0,
      ...(relay && { collab_url: relay.url }),
      token: await tokenFor(name, { audience: 'collab-relay' }),
      friends,
      data_dir: folder,
      owner_trust: { hs256_secret: secret },
      allow_private: true,
      ...config,
      timing: {
        sweep_ms: 2000,
        reconnect_min_ms: 10,
        reconnect_max_ms: 50,
        fetch_retry_min_ms: 10,
        fetch_retry_max_ms: 100,
        ...config.timing,
      },
    }),
    { tell: (happening) => told.add(happening) },
  );
  onTestFinished(() => backend[Symbol.asyncDispose]());
  const user = new User(
    name,
    folder,
    told,
    backend,
    await tokenFor(name, { audience: `collab-backend:${name}` }),
  );
  if (connected) await untilReady(user);
  return user;
}

/** A page learns of the connection by a frame, or it is there already. */
export async function untilReady(user: User): Promise<void> {
  const { socket, frames } = await user.page();
  const { status } = await user.ask('GET', '/readyz');
  if (status !== 200) await frames.next((frame) => frame.type === 'relay' && frame.connected);
  socket.terminate();
}

/** Polls until it holds; for what no record tells of. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It did not come to hold within ${ms} ms: ${holds}`);
    await new Promise((next) => setTimeout(next, 5));
  }
}

/** Waits until users who are all there have compared what they hold of one another. */
export const compared = (...users: User[]): Promise<void> =>
  until(() =>
    users.every(({ backend }) => {
      const census = backend.census();
      const [{ resyncs: runnable }, { resyncs: parked }] = [census.runnable, census.parked];
      return runnable === 0 && parked === 0;
    }),
  );

type Users<Names extends readonly string[]> = { [K in keyof Names]: User };

/** Users who are all friends of one another. */
export async function friendsOf<const Names extends readonly string[]>(
  relay: Relay,
  ...names: Names
): Promise<Users<Names>>;
export async function friendsOf(relay: Relay, ...names: string[]): Promise<User[]> {
  const users = await Promise.all(
    names.map((name) => startUser(name, { relay, friends: names.filter((other) => other !== name) })),
  );
  await compared(...users);
  return users;
}

/**
 * Something in front of a backend that answers in its place, or holds its answers back. That friends compare what they
 * share when they start is none of its business: they wait until it leads somewhere, unless it `hangsUp` on everybody.
 */
export async function startGate({ hangsUp = false } = {}) {
  let target = '';
  const leads = Promise.withResolvers<void>();
  if (hangsUp) leads.resolve();
  let hold = Promise.withResolvers<void>();
  let answer: ((path: string) => Response | undefined) | undefined;
  hold.resolve();
  const requests = new Log<string>();
  const ask = (path: string, authorization: string): Promise<Response | undefined> =>
    fetch(`${target}${path}`, { headers: { authorization } }).catch(() => undefined);
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const { authorization = '' } = request.headers;
    if (path.startsWith('/api/collab/')) {
      await leads.promise;
      const reply = await ask(path, authorization);
      if (!reply) return void response.destroy();
      response.writeHead(reply.status, Object.fromEntries(reply.headers));
      return void response.end(Buffer.from(await reply.arrayBuffer()));
    }
    const reply = answer?.(path) ?? (await ask(path, authorization));
    // Behind a gate whose backend is down there is nobody to answer: whoever asked finds the line dead.
    if (!reply) return void response.destroy();
    requests.add(path);
    await hold.promise;
    response.writeHead(reply.status, Object.fromEntries(reply.headers));
    response.end(Buffer.from(await reply.arrayBuffer()));
  });
  const { url } = await listen(server, { host: '127.0.0.1', port: 0, what: 'The gate' });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url,
    requests,
    leadTo(backend: Backend) {
      target = backend.url;
      leads.resolve();
    },
    shut() {
      hold = Promise.withResolvers<void>();
    },
    open: () => hold.resolve(),
    /** Answers in the backend's place; undefined gives way to it. */
    answerWith(fake: ((path: string) => Response | undefined) | undefined) {
      answer = fake;
    },
  };
}

/** A position as a peer's backend would answer it. */
export const aPosition = (id: string, owner: string, changes: Record<string, unknown> = {}) => ({
  id: positionId.parse(id),
  owner_id: owner,
  version: 1,
  symbol: 'SAP',
  strategy: '',
  quantity: 1,
  legs: [],
  notes: '',
  tags: [],
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  read_only: true,
  comments: [],
  ...changes,
});
