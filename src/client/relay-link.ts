import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import type { LinkCount } from '../protocol/census.ts';
import { type CloseReaction, type CloseWord, closeRules } from '../protocol/close-codes.ts';
import {
  type FetchQuestion,
  type FetchReply,
  type FetchRequest,
  type FetchResult,
  fetchQuestion,
  fetchResult,
} from '../protocol/collab-fetch.ts';
import { type DeliveredEvent, deliveredEvent } from '../protocol/events.ts';
import { type AuthRefreshReply, authRefreshReply, type FriendsDeclaration } from '../protocol/handshake.ts';
import { type Presence, presence } from '../protocol/presence.ts';
import {
  type Acknowledgement,
  type Receipt,
  receipts,
  type SubmitReply,
  submitReply,
} from '../protocol/receipts.ts';
import {
  collabError,
  type Ready,
  ready,
  serverDraining,
  tokenExpiring,
  type Wake,
  wake,
} from '../protocol/relay-socket.ts';
import { type CuttableTransport, cuttableTransport } from './cuttable-transport.ts';
import { relayAddress } from './relay-url.ts';
import { type UnreadableEvent, unreadableEvent } from './unreadable-event.ts';

/** Why a link ended, and what its user is to do about it. */
export interface LinkEnd {
  readonly reaction: CloseReaction;
  /** What the relay said before it ended, if it said anything. */
  readonly word: CloseWord | undefined;
  /** The relay asked to come back about then. */
  readonly inMs: number | undefined;
  readonly detail: string;
}

export interface RelayLinkOptions {
  readonly url: string;
  /** Certificates in PEM by which the relay is known; undefined: the usual ones. */
  readonly authorities?: string | undefined;
  /** The `auth` object of protocol.md section 3. */
  readonly auth: Readonly<Record<string, unknown>>;
  readonly user: string;
  readonly onReady: (ready: Ready) => void;
  readonly onEvent: (event: DeliveredEvent) => void;
  readonly onUnreadable: (envelope: UnreadableEvent) => void;
  readonly onPresence: (presence: Presence) => void;
  readonly onWake: (wake: Wake) => void;
  readonly onReceipts: (receipts: readonly Receipt[]) => void;
  readonly onQuestion: (question: FetchQuestion) => void;
  readonly onFetched: (result: FetchResult) => void;
  /** The relay warns that the token ends soon. */
  readonly onExpiring: () => void;
  readonly onNote: (code: string, text: string) => void;
  /** Once. Nothing else is called after it. */
  readonly onEnd: (end: LinkEnd) => void;
}

/** What comes from the relay, before a schema has seen it. */
type Inbound = Record<
  | 'ready'
  | 'presence'
  | 'wake'
  | 'collab_event'
  | 'collab_receipt'
  | 'collab_fetch'
  | 'collab_fetch_result'
  | 'collab_error'
  | 'server_draining',
  (frame: unknown) => void
>;

interface Outbound {
  collab_event: (event: unknown, reply: (reply: unknown) => void) => void;
  collab_ack: (ack: Acknowledgement) => void;
  collab_friends: (friends: FriendsDeclaration) => void;
  collab_fetch: (request: FetchRequest) => void;
  collab_fetch_result: (reply: FetchReply) => void;
  auth_refresh: (refresh: { token: string }, reply: (reply: unknown) => void) => void;
  bye: () => void;
}

/** From dialling to the greeting; a relay that accepts and stays silent is as good as none. */
const greetingMs = 10_000;
const goodbyeMs = 500;

/** One connection to the relay, from dialling to its end. It is never used again: whoever wants another makes one. */
export class RelayLink {
  readonly #options: RelayLinkOptions;
  readonly #transport: CuttableTransport = cuttableTransport();
  readonly #socket: Socket<Inbound, Outbound>;
  readonly #greeting: NodeJS.Timeout;
  #connection: string | undefined;
  #sent = 0;
  #received = 0;
  #lastWord: CloseWord | undefined;
  #inMs: number | undefined;
  #ended = false;

  constructor(options: RelayLinkOptions) {
    this.#options = options;
    const { origin, path } = relayAddress(options.url);
    this.#socket = io(origin, {
      path,
      auth: { ...options.auth },
      transports: [this.#transport.Transport],
      ...(options.authorities !== undefined && { ca: options.authorities }),
      forceNew: true,
      reconnection: false,
      timeout: greetingMs,
    });
    this.#greeting = setTimeout(() => this.#end('no greeting in time', 'back-off'), greetingMs);
    this.#listen();
  }

  /** Frames counted since the connection was made; undefined before the greeting has named it. */
  get count(): LinkCount | undefined {
    if (this.#connection === undefined || this.#ended) return undefined;
    const { user } = this.#options;
    return { connection: this.#connection, user, sent: this.#sent, received: this.#received };
  }

  submit(event: unknown, reply: (reply: SubmitReply) => void): void {
    this.#sent += 1;
    this.#socket.emit('collab_event', event, (raw) => {
      const parsed = submitReply.safeParse(raw);
      if (parsed.success) reply(parsed.data);
      else
        this.#options.onNote('bad_frame', `A reply of the relay could not be read: ${issueOf(parsed.error)}`);
    });
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    this.#sent += 1;
    this.#socket.emit('collab_ack', acknowledgement);
  }

  declareFriends(friends: FriendsDeclaration): void {
    this.#sent += 1;
    this.#socket.emit('collab_friends', friends);
  }

  ask(request: FetchRequest): void {
    this.#sent += 1;
    this.#socket.emit('collab_fetch', request);
  }

  answer(reply: FetchReply): void {
    this.#sent += 1;
    this.#socket.emit('collab_fetch_result', reply);
  }

  /** Undefined: no readable answer came. */
  refresh(token: string, answer: (answer: AuthRefreshReply | undefined) => void): void {
    this.#sent += 1;
    this.#socket.emit('auth_refresh', { token }, (raw) => {
      if (!this.#ended) answer(authRefreshReply.safeParse(raw).data);
    });
  }

  bye(): void {
    this.#sent += 1;
    this.#socket.emit('bye');
  }

  /** Ends it from our side without a call of onEnd; what was emitted has half a second to leave. */
  async close(): Promise<void> {
    this.#finish();
    await Promise.race([this.#transport.closed(), after(goodbyeMs)]);
    this.#transport.cut();
  }

  #listen(): void {
    const { onReady, onPresence, onWake, onReceipts, onQuestion, onFetched } = this.#options;
    const socket = this.#socket;
    this.#on('ready', ready, (greeting) => {
      clearTimeout(this.#greeting);
      this.#connection = greeting.conn_id;
      onReady(greeting);
    });
    this.#on('presence', presence, onPresence);
    this.#on('wake', wake, onWake);
    this.#on('collab_receipt', receipts, onReceipts);
    this.#on('collab_fetch', fetchQuestion, onQuestion);
    this.#on('collab_fetch_result', fetchResult, onFetched);
    this.#on('server_draining', serverDraining, ({ reconnect_in_ms }) => {
      this.#inMs = reconnect_in_ms;
    });
    this.#on('collab_error', collabError, ({ code, message, close_code }) => {
      if (isCloseWord(code) && close_code !== undefined) this.#lastWord = code;
      else if (code === tokenExpiring) this.#options.onExpiring();
      else this.#options.onNote(code, `The relay complains: ${message}`);
    });
    socket.on('collab_event', (raw) => this.#count(() => this.#event(raw)));
    socket.on('disconnect', (reason) => this.#end(reason, 'back-off'));
    socket.on('connect_error', (error) => {
      const { data } = z.object({ data: collabError }).safeParse(error);
      if (data && isCloseWord(data.data.code)) this.#lastWord = data.data.code;
      this.#end(error.message, 'back-off');
    });
  }

  #on<Frame>(
    name: Exclude<keyof Inbound, 'collab_event'>,
    schema: z.ZodType<Frame>,
    take: (frame: Frame) => void,
  ): void {
    const listener = (raw: unknown) =>
      this.#count(() => {
        const parsed = schema.safeParse(raw);
        if (parsed.success) take(parsed.data);
        else this.#options.onNote('bad_frame', `A ${name} could not be read: ${issueOf(parsed.error)}`);
      });
    this.#socket.on(name, listener);
  }

  #count(take: () => void): void {
    if (this.#ended) return;
    this.#received += 1;
    take();
  }

  #event(raw: unknown): void {
    const event = deliveredEvent.safeParse(raw);
    if (event.success) {
      this.#options.onEvent(event.data);
      return;
    }
    this.#options.onNote('bad_frame', `A collab_event could not be read: ${issueOf(event.error)}`);
    const envelope = unreadableEvent.safeParse(raw);
    if (envelope.success) this.#options.onUnreadable(envelope.data);
  }

  #end(detail: string, otherwise: CloseReaction): void {
    if (this.#ended) return;
    this.#finish();
    this.#transport.cut();
    const word = this.#lastWord;
    const reaction = word ? closeRules[word].reaction : this.#inMs !== undefined ? 'soon' : otherwise;
    this.#options.onEnd({ reaction, word, inMs: this.#inMs, detail });
  }

  #finish(): void {
    this.#ended = true;
    clearTimeout(this.#greeting);
    this.#socket.disconnect();
  }
}

function isCloseWord(code: string): code is CloseWord {
  return Object.hasOwn(closeRules, code);
}

function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'it'}: ${issue.message}` : error.message;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
