import { WebSocket } from 'ws';
import { jsonOf } from '../http/exchange.ts';
import { Problem } from '../problem.ts';
import { type OutboxEntry, pageSocketPath } from '../protocol/backend-rest.ts';
import type { UserId } from '../protocol/ids.ts';
import { type PageFrame, pageFrame } from '../protocol/page-socket.ts';
import { backendAudience } from '../protocol/tokens.ts';
import type { Stack } from '../stack/stack.ts';
import { type Observed, observedFrame } from './observed.ts';
import type { PageCount } from './rounds.ts';
import type { Stream } from './stream.ts';

const reconnectMs = 50;

/** How long a backend that is not ours may take to serve the page's socket, in milliseconds. */
const triedMs = 4000;

/** What servers answer that have no such socket. */
const noSocket: readonly number[] = [403, 404, 405, 426, 501];

/**
 * A user's page, as far as a scenario needs one: it keeps its socket to the backend open, comes back after a restart
 * as a page does, and writes down what it gets. Frames that were sent while it was away are lost, as on a real page.
 */
export class Page implements Stream, AsyncDisposable {
  readonly witness = 'page';
  readonly claimed = new Set<number>();
  readonly #stack: Stack;
  readonly #user: UserId;
  readonly #onFrame: () => void;
  readonly #observed: Observed[] = [];
  readonly #receipts: OutboxEntry[] = [];
  readonly #greeted = new Set<() => void>();
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #frames = 0;
  #open = false;
  #connection: string | undefined;
  #closed = false;
  #unserved = false;
  readonly #refused = Promise.withResolvers<never>();
  #count = 0;
  /** What the page shows since it was opened anew, by what it is about: a frame that says the same is no news. */
  #shown: Map<string, string> | undefined;

  constructor(stack: Stack, user: UserId, onFrame: () => void) {
    this.#stack = stack;
    this.#user = user;
    this.#onFrame = onFrame;
    this.#refused.promise.catch(() => {});
    void this.#connect();
  }

  get observed(): readonly Observed[] {
    return this.#observed;
  }

  get last(): number {
    return this.#count;
  }

  /** The frames on the present connection, under its name in the backend's census; undefined while there is none. */
  get got(): PageCount | undefined {
    return this.#open ? { connection: this.#connection, frames: this.#frames } : undefined;
  }

  /** Every stage that the page was told of, in order: some last only for a moment. */
  get receipts(): readonly OutboxEntry[] {
    return this.#receipts;
  }

  /** Leaves out what has come until now. */
  forget(): void {
    this.#observed.length = 0;
  }

  async refresh(): Promise<boolean> {
    return this.#open;
  }

  /**
   * Opens the page anew, as a reload does: what nobody has claimed is gone, the live socket is a new one, and what
   * `load` answers is what it shows. Frames that arrive meanwhile and say the same are no second ones.
   * @throws Problem `page-not-served` after the given time, and whatever `load` throws
   */
  async reopen(
    load: () => Promise<readonly PageFrame[]>,
    withinMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const kept = this.#observed.filter(({ n }) => this.claimed.has(n));
    this.#observed.length = 0;
    this.#observed.push(...kept);
    this.#open = false;
    this.#shown = new Map();
    this.#socket?.terminate();
    await this.connected(withinMs, signal);
    for (const frame of await load()) this.#keep(frame);
    this.#onFrame();
  }

  /**
   * Resolves when the backend has greeted the page; rejects with the signal's reason when that says stop.
   * @throws Problem `page-not-served` after the given time
   */
  async connected(withinMs: number, signal: AbortSignal): Promise<void> {
    if (this.#open || this.#unserved) return;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(pageNotServed(this.#user, withinMs)), withinMs);
    this.#greeted.add(resolve);
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(timer);
      this.#greeted.delete(resolve);
    }
  }

  /**
   * Resolves when the backend has greeted the page, or has not for so long that it seems to serve none: nobody waits for
   * this page again then, and what it would have seen cannot be read.
   */
  async tried(signal: AbortSignal): Promise<void> {
    try {
      await Promise.race([this.connected(triedMs, signal), this.#refused.promise]);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Problem)) throw error;
      this.#unserved = true;
    }
  }

  async #connect(): Promise<void> {
    const user = this.#user;
    let url: URL;
    let token: string;
    try {
      url = new URL(pageSocketPath, this.#stack.urlOf(user));
      token = await this.#stack.tokenFor(user, backendAudience(user));
    } catch {
      this.#later();
      return;
    }
    if (this.#closed) return;
    const { authorities } = this.#stack;
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${token}` },
      ...(authorities !== undefined && { ca: authorities }),
    });
    this.#socket = socket;
    this.#frames = 0;
    socket.on('message', (data) => this.#take(String(data)));
    socket.on('unexpected-response', (_, { statusCode = 0 }) => {
      if (noSocket.includes(statusCode)) this.#refused.reject(pageNotServed(user, 0));
      socket.terminate();
    });
    // Whatever went wrong, `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#open = false;
      this.#onFrame();
      this.#later();
    });
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#connect(), reconnectMs);
  }

  #take(text: string): void {
    this.#frames += 1;
    const frame = pageFrame.safeParse(jsonOf(text)).data;
    if (frame?.type === 'hello') {
      this.#open = true;
      this.#connection = frame.connection;
      for (const resume of this.#greeted) resume();
    }
    if (frame?.type === 'receipt') this.#receipts.push(frame.entry);
    if (frame) this.#keep(frame);
    this.#onFrame();
  }

  #keep(frame: PageFrame): void {
    const observed = observedFrame(frame, this.#count + 1);
    if (!observed) return;
    if (this.#isShown(frame)) return;
    this.#count = observed.n;
    this.#observed.push(observed);
    if ('data' in frame) {
      const { id: event, type: kind, from_user: from, cause, data } = frame;
      this.#stack.journal.tell({
        type: 'step',
        step: 'shown',
        event,
        kind,
        from,
        position: data.position_id,
        ...(cause === undefined ? {} : { cause }),
        to: this.#user,
      });
    }
  }

  #isShown(frame: PageFrame): boolean {
    if (frame.type !== 'position' && frame.type !== 'notification') return false;
    const about = frame.type === 'position' ? frame.position.id : frame.notification.id;
    const text = JSON.stringify(frame);
    const same = this.#shown?.get(about) === text;
    this.#shown?.set(about, text);
    return same;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once('close', () => resolve());
    socket.terminate();
    await promise;
  }
}

const pageNotServed = (user: UserId, ms: number) =>
  new Problem({
    code: 'page-not-served',
    message: `${user}'s backend did not take ${user}'s page socket within ${ms} ms.`,
    hint: `Is ${pageSocketPath} served, and does it say "hello"?`,
  });
