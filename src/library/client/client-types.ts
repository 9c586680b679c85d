import type { DatabaseSync } from 'node:sqlite';

/*
 * What a backend sees of its connection to the others. Plain types, because they are published as they are: whoever
 * installs the package has none of the libraries that its inside is made of.
 */

export type EventType = 'position_shared' | 'comment_added' | 'position_updated' | 'share_revoked';

/** What an event says: `position_id` and what its type brings, see the contract. */
export type EventData = { readonly position_id: string } & Readonly<Record<string, unknown>>;

/** An event of somebody else, for this backend. */
export interface IncomingEvent {
  /** The same over all resends. */
  readonly id: string;
  readonly type: EventType;
  /** Whoever sent it, as the relay knows them. */
  readonly from_user: string;
  readonly sent_at: string;
  readonly data: EventData;
}

export interface OutgoingEvent {
  readonly type: EventType;
  readonly data: EventData;
  /** One recipient or several; each has a stream and a receipt of their own. */
  readonly to: string | readonly string[];
  /** Follows the act through every process, for display. */
  readonly cause?: string;
}

/** What a backend did about an event. */
export type Applied =
  | { readonly outcome: 'applied' }
  /** It never will: the sender is told, and stops. */
  | { readonly outcome: 'refused' | 'quarantined'; readonly code: string }
  /** Not now: what was written is rolled back, and the sender asked to send it again. */
  | { readonly outcome: 'later'; readonly retryAfterMs: number };

/** How far one event got towards one recipient. */
export interface Receipt {
  readonly event_id: string;
  readonly to: string;
  readonly type: EventType;
  readonly position_id: string;
  /** `pending`, `accepted`, `routed`, `delivered`, `unavailable`, `refused`, `expired` … */
  readonly stage: string;
  readonly code?: string | undefined;
  /** Nothing further will be said about it. */
  readonly settled: boolean;
  readonly attempts: number;
}

/** What the relay tells of a friend. */
export interface Presence {
  readonly user_id: string;
  readonly status: 'online' | 'offline';
  readonly display_name: string;
  readonly last_seen: string;
  /** To which every `share_url` of theirs has to be held. */
  readonly backend_url?: string | undefined;
  /** They came with another key than the one that was pinned: a new installation, or somebody else. */
  readonly key_changed: boolean;
}

/** An Ed25519 public key (RFC 8037). */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
}

/** How another backend answers through the relay, or how this one does. */
export type Answer =
  | { readonly status: number; readonly body: unknown }
  /** There is none: `unavailable`, `limited`, `timeout`, `not_connected` … */
  | { readonly code: string };

export interface ClientOptions {
  /**
   * The backend's own database: outbox and inbox are tables in it, so that they share its transactions. In WAL mode;
   * its `synchronous` decides what an acknowledgement is worth. It stays the caller's, to be closed after the client.
   */
  readonly db: DatabaseSync;
  readonly user: string;
  /** The user id if absent. */
  readonly displayName?: string;
  /** Where others reach this backend. */
  readonly backendUrl: string;
  /** Where the relay is. */
  readonly relayUrl: string;
  /** The token for the relay, or how to get one: asked at each connect. Absent: a relay that asks for none. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Certificates in PEM by which the relay is known; the usual ones if absent. */
  readonly authorities?: string;
  /** A folder of this backend, where its own key is kept: it goes where the database goes. */
  readonly dataDir: string;
  /** Asked at each connect and at `friendsChanged()`. To those who are leaving only `share_revoked` passes. */
  readonly friends: () =>
    | readonly string[]
    | { readonly friends: readonly string[]; readonly leaving: readonly string[] };

  /**
   * Applies one event, synchronously, inside the transaction that also remembers it: what throws is rolled back and
   * put aside (`quarantined`). Never called again for an event that was committed.
   */
  readonly apply: (event: IncomingEvent) => Applied;
  /** After that commit: time to tell a page, or to fetch what was shared. */
  readonly onCommitted?: (event: IncomingEvent, outcome: 'applied' | 'refused' | 'quarantined') => void;
  /** An event of this backend got further. */
  readonly onReceipt?: (receipt: Receipt) => void;
  readonly onPresence?: (presence: Presence) => void;
  readonly onConnection?: (connected: boolean) => void;
  /** Events of this sender will never come, or may not: time to compare with what they share. */
  readonly onSkipped?: (from: string) => void;
  /** Another backend asks through the relay, because it cannot dial this one: `token` is its peer token. */
  readonly onQuestion?: (question: {
    readonly from: string;
    readonly path: string;
    readonly token: string;
  }) => Promise<Answer>;
  /** Something that an operator should know. */
  readonly onWarning?: (code: string, text: string) => void;

  /** Events that may wait; 10,000 if absent. */
  readonly outboxLimit?: number;
  /** What has waited for longer expires, in ms; 30 days if absent. */
  readonly outboxAgeMs?: number;
  /** In ms; the defaults are for backends that are spread over the net. */
  readonly timing?: {
    readonly ackDelayMs?: number;
    readonly replyTimeoutMs?: number;
    readonly sweepMs?: number;
    readonly reconnectMinMs?: number;
    readonly reconnectMaxMs?: number;
  };
}

/** Puts an event into the outbox, inside the transaction in which it is called. Answers its id. */
export type Send = (event: OutgoingEvent) => string;

/** A backend's connection to the relay, with the outbox and inbox that make it reliable. */
export interface CollabClient extends AsyncDisposable {
  readonly connected: boolean;
  /** Greeted once by the relay; rejects where the relay will not have this backend. */
  readonly ready: Promise<void>;
  /**
   * Runs `work` in one write transaction of the database and sends, after its commit, what it has put into the outbox:
   * both, or neither. @throws what `work` throws, and OutboxFull
   */
  transaction<Result>(work: (send: Send) => Result): Result;
  /** The list of friends is another one now. */
  friendsChanged(): void;
  /** The last word about a friend on the present connection. */
  presenceOf(user: string): Presence | undefined;
  /** The receipts of one event, or the newest ones. */
  receipts(query?: { readonly eventId?: string; readonly limit?: number }): readonly Receipt[];
  /** Events that have not been routed yet. */
  readonly pending: number;

  /** A token with which to ask one other backend for what is shared with this user; good for less than 60 s. */
  peerToken(callee: string): Promise<string>;
  /** Who calls this backend with such a token; the key of a friend is pinned when the relay first tells it. */
  verifyPeer(
    token: string,
  ): Promise<{ readonly ok: true; readonly caller: string } | { readonly ok: false; readonly code: string }>;
  /** Asks another user's backend through the relay, where it cannot be dialled: a GET of a path below /api/. */
  ask(owner: string, path: string): Promise<Answer>;
  /** For `/.well-known/jwks.json`. */
  readonly publicKey: PublicKey;
}
