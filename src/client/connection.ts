import { randomUUID } from 'node:crypto';
import { messageOf, type Problem } from '../problem.ts';
import type { FetchReply, FetchRequest } from '../protocol/collab-fetch.ts';
import type { FriendsDeclaration } from '../protocol/handshake.ts';
import type { Acknowledgement, SubmitReply } from '../protocol/receipts.ts';
import type { Ready } from '../protocol/relay-socket.ts';
import { fullJitter } from './backoff.ts';
import type { Carrier, CarrierCensus } from './carrier.ts';
import { closedBeforeReady, refusedByRelay } from './connection-problems.ts';
import { type LinkEnd, RelayLink, type RelayLinkOptions } from './relay-link.ts';
import { TokenRefresh } from './token-refresh.ts';

type Frames = Pick<
  RelayLinkOptions,
  'onEvent' | 'onUnreadable' | 'onPresence' | 'onWake' | 'onReceipts' | 'onQuestion' | 'onFetched'
>;

export interface ConnectionOptions extends Frames {
  readonly url: string;
  /** Certificates in PEM by which the relay is known; undefined: the usual ones. */
  readonly authorities?: string | undefined;
  readonly user: string;
  readonly token: () => Promise<string | undefined>;
  readonly friends: () => FriendsDeclaration;
  /** What the handshake says beside token, friends and attempt; the same at each connect. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  readonly onConnected: () => void;
  readonly onLost: () => void;
  readonly onNote: (code: string, text: string) => void;
}

/**
 *   dialling ──ready──► greeted
 *     ▲   │               │
 *     │   └────ended──────┤ terminal word ──► stopped
 *     │                   ▼
 *     └────── time ──── waiting
 */
type State =
  | { readonly id: 'dialling'; readonly link: RelayLink | undefined }
  | {
      readonly id: 'greeted';
      readonly link: RelayLink;
      readonly steady: NodeJS.Timeout;
      readonly refresh: TokenRefresh;
    }
  | { readonly id: 'waiting'; readonly timer: NodeJS.Timeout }
  | { readonly id: 'stopped' };

/** A connection counts as good after this long, and only then is the backoff forgotten. */
const steadyAfterMs = 5000;

/** Keeps one connection to the relay alive until it is closed or the relay says a terminal word. */
export class Connection implements Carrier {
  readonly #options: ConnectionOptions;
  readonly #instance = randomUUID();
  readonly #ready = Promise.withResolvers<void>();
  #state: State = { id: 'dialling', link: undefined };
  /** Connections tried in all, and failures since the last steady one. */
  #attempts = 0;
  #failures = 0;
  /** The friends are not the ones any more that the handshake under way names. */
  #friendsOutdated = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#ready.promise.catch(() => {});
  }

  /** Greeted once; rejects with a Problem when it will never be. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get connected(): boolean {
    return this.#state.id === 'greeted';
  }

  census(): CarrierCensus {
    const count = this.#state.id === 'greeted' ? this.#state.link.count : undefined;
    return { links: count ? [count] : [], runnable: {}, away: [] };
  }

  open(): void {
    void this.#dial();
  }

  /** False: there is no connection, and nothing was sent. */
  submit(event: unknown, reply: (reply: SubmitReply) => void): boolean {
    return this.#use((link) => link.submit(event, reply));
  }

  acknowledge(acknowledgement: Acknowledgement): boolean {
    return this.#use((link) => link.acknowledge(acknowledgement));
  }

  ask(request: FetchRequest): boolean {
    return this.#use((link) => link.ask(request));
  }

  answer(reply: FetchReply): boolean {
    return this.#use((link) => link.answer(reply));
  }

  declareFriends(): boolean {
    this.#friendsOutdated = true;
    return this.#use((link) => link.declareFriends(this.#options.friends()));
  }

  /** Says bye and lets what was emitted leave. */
  async close(): Promise<void> {
    this.#use((link) => link.bye());
    const { link } = this.#leave();
    this.#ready.reject(closedBeforeReady(this.#options.user, this.#options.url));
    await link?.close();
  }

  #use(act: (link: RelayLink) => void): boolean {
    if (this.#state.id !== 'greeted') return false;
    act(this.#state.link);
    return true;
  }

  async #dial(): Promise<void> {
    const dialling: State = { id: 'dialling', link: undefined };
    this.#state = dialling;
    const { url, authorities, user, friends, profile } = this.#options;
    let token: string | undefined;
    try {
      token = await this.#options.token();
    } catch (error) {
      if (this.#state !== dialling) return;
      this.#options.onNote('no_token', `No relay token could be had: ${messageOf(error)}`);
      this.#wait(undefined);
      return;
    }
    if (this.#state !== dialling) return;
    this.#attempts += 1;
    this.#friendsOutdated = false;
    const auth = {
      ...profile,
      ...(token !== undefined && { token }),
      ...friends(),
      user_id: user,
      instance: this.#instance,
      attempt: this.#attempts,
    };
    const link: RelayLink = new RelayLink({
      url,
      authorities,
      user,
      auth,
      onEvent: this.#options.onEvent,
      onUnreadable: this.#options.onUnreadable,
      onPresence: this.#options.onPresence,
      onWake: this.#options.onWake,
      onReceipts: this.#options.onReceipts,
      onQuestion: this.#options.onQuestion,
      onFetched: this.#options.onFetched,
      onExpiring: () => this.#expiring(link),
      onNote: this.#options.onNote,
      onReady: (greeting) => this.#greeted(link, greeting, token),
      onEnd: (end) => this.#ended(link, end),
    });
    this.#state = { id: 'dialling', link };
  }

  #greeted(link: RelayLink, greeting: Ready, token: string | undefined): void {
    if (this.#state.id !== 'dialling' || this.#state.link !== link) return;
    const steady = setTimeout(() => {
      this.#failures = 0;
    }, steadyAfterMs);
    const refresh = new TokenRefresh({ link, token: this.#options.token, used: token });
    if (greeting.token_expires_at) refresh.expiresAt(greeting.token_expires_at);
    this.#state = { id: 'greeted', link, steady, refresh };
    this.#ready.resolve();
    // Before anything else is said: the relay would hand it to somebody who is no friend any more.
    if (this.#friendsOutdated) this.declareFriends();
    this.#options.onConnected();
  }

  #expiring(link: RelayLink): void {
    if (this.#state.id === 'greeted' && this.#state.link === link) this.#state.refresh.now();
  }

  /** Every way in which a connection can end leads through here, and so through the backoff. */
  #ended(link: RelayLink, end: LinkEnd): void {
    const state = this.#state;
    if (!('link' in state) || state.link !== link) return;
    const wasGreeted = this.#leave().state.id === 'greeted';
    if (end.reaction === 'stop' && end.word)
      this.#stop(refusedByRelay(this.#options.user, this.#options.url, end.word));
    else {
      this.#wait(end.reaction === 'soon' ? end.inMs : undefined);
      if (wasGreeted)
        this.#options.onNote(
          'connection_lost',
          `The connection to the relay ended: ${end.word ?? end.detail}`,
        );
    }
    if (wasGreeted) this.#options.onLost();
  }

  #stop(problem: Problem): void {
    this.#options.onNote(problem.code, problem.message);
    this.#ready.reject(problem);
  }

  #wait(inMs: number | undefined): void {
    const { reconnectMinMs: from, reconnectMaxMs: to } = this.#options;
    const backoff = fullJitter({ from, to }, this.#failures, Math.random());
    this.#failures += 1;
    // The relay spreads those that it sends away; our own jitter comes on top.
    const timer = setTimeout(() => void this.#dial(), backoff + (inMs ?? 0));
    this.#state = { id: 'waiting', timer };
  }

  /** Stops whatever the state keeps running. */
  #leave(): { readonly state: State; readonly link: RelayLink | undefined } {
    const state = this.#state;
    this.#state = { id: 'stopped' };
    if (state.id === 'waiting') clearTimeout(state.timer);
    if (state.id === 'greeted') {
      clearTimeout(state.steady);
      state.refresh.close();
    }
    return { state, link: 'link' in state ? state.link : undefined };
  }
}
