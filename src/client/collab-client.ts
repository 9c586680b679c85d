import type { DatabaseSync } from 'node:sqlite';
import type { InboxRecord, OutboxEntry, OutboxState } from '../protocol/backend-rest.ts';
import type { LinkCount } from '../protocol/census.ts';
import type { FetchRequest } from '../protocol/collab-fetch.ts';
import type { DeliveredEvent, EventType } from '../protocol/events.ts';
import type { FriendsDeclaration } from '../protocol/handshake.ts';
import type { Cause, EventId, Life, PositionId, UserId } from '../protocol/ids.ts';
import type { PeerKey, Presence } from '../protocol/presence.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import type { MakeCarrier } from './carrier.ts';
import type { AnswerQuestion, RelayedAnswer } from './relay-fetches.ts';

/** What a backend did about an event, decided and written inside the inbox transaction. */
export type Applied =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'refused' | 'quarantined'; readonly code: string }
  /** Not now: nothing is written, the sender is asked to send it again. */
  | { readonly outcome: 'later'; readonly retryAfterMs: number };

export interface OutgoingEvent {
  readonly type: EventType;
  /** The `data` of the event; its schema has been kept by the caller's types. */
  readonly data: Readonly<Record<string, unknown>> & { readonly position_id: PositionId };
  readonly to: readonly UserId[];
  readonly cause?: Cause | undefined;
}

export interface CollabClientTiming {
  readonly ackDelayMs: number;
  readonly replyTimeoutMs: number;
  /** A resend without any sign from outside: the sweep is the guarantee, everything else only saves time. */
  readonly sweepMs: number;
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
}

export interface CollabClientOptions {
  /** The backend's own database: outbox and inbox live in it, so that they share its transactions. */
  readonly db: DatabaseSync;
  readonly user: UserId;
  readonly displayName: string;
  /** The registered public URL of this backend. */
  readonly backendUrl: string;
  /** The relay; undefined where something else carries. */
  readonly collabUrl: string | undefined;
  /** Another way to the other backends than a relay. */
  readonly carrier?: MakeCarrier | undefined;
  /** Certificates in PEM by which the relay is known; undefined: the usual ones. */
  readonly authorities?: string | undefined;
  /** Read at each connect; undefined where the relay is insecure. */
  readonly token: () => Promise<string | undefined>;
  /** Read at each connect and at friendsChanged(). */
  readonly friends: () => FriendsDeclaration;
  readonly peerKey: PeerKey;
  readonly acks: boolean;
  readonly timing: CollabClientTiming;
  readonly outboxLimit: number;
  /** What has waited for longer expires, in ms; 30 days if absent. */
  readonly outboxAgeMs?: number | undefined;

  /** Applies one event, synchronously, inside the inbox transaction; never called twice for an id that was committed. */
  readonly apply: (event: DeliveredEvent) => Applied;
  /** After the commit: time to tell pages and to start fetching. */
  readonly onCommitted: (record: InboxRecord) => void;
  /** A row of the outbox moved, after its commit: what the user is shown. */
  readonly onOutbox: (entry: OutboxEntry) => void;
  /** The recipient holds it, or said that it never will: runs inside the transaction that settles the row. */
  readonly onSettled: (entry: OutboxEntry, data: Readonly<Record<string, unknown>>) => void;
  readonly onPresence: (presence: Presence) => void;
  readonly onConnection: (connected: boolean) => void;
  /**
   * A sender gave up events that will never come, or began anew, so that nobody knows: time to compare with what it
   * shares (protocol.md 6, resync).
   */
  readonly onSkipped?: (from: UserId) => void;
  /** Another backend asks through the relay, because it cannot dial this one; absent: nobody is answered. */
  readonly onQuestion?: AnswerQuestion;
  readonly tell: Tell;
}

/** A backend's connection to the relay, with the outbox and inbox that make it reliable. */
export interface CollabClient extends AsyncDisposable {
  readonly connected: boolean;
  /** Connected once and greeted by `ready`; rejects with a Problem at a terminal refusal (bad token, forbidden). */
  readonly ready: Promise<void>;
  /**
   * Writes one outbox row a recipient; call it inside the transaction of the business row, and committed() after it.
   * Throws `OutboxFull` so that the caller rolls back and answers 507.
   */
  enqueue(event: OutgoingEvent): EventId;
  /** Deletes rows that nobody has seen yet, inside the caller's transaction: of one position, or all to one user. */
  purge(rows: { readonly to: UserId; readonly position?: PositionId }): number;
  /** After a commit that enqueued something: sends it. */
  committed(): void;
  /** Another backend has begun this life: what is late of its earlier ones does not count any more. */
  began(friend: UserId, life: Life): void;
  /** Our own life towards a friend, for began() there: new at each start, and when everything was taken back. */
  lifeTowards(friend: UserId): Life;
  /** Declares friends() anew on the living connection. */
  friendsChanged(): void;
  /** Sends any event over the connection as it is, past the outbox: for the harness's `emit`. */
  emitRaw(event: Record<string, unknown>): Promise<SubmitReply>;
  /** Asks another user's backend through the relay: the way around NAT. Never rejects. */
  ask(request: Omit<FetchRequest, 'id'>): Promise<RelayedAnswer>;
  /** Events that this recipient has not settled. */
  waiting(to: UserId): ReadonlySet<EventId>;
  outbox(query: { readonly eventId?: EventId; readonly limit: number }): OutboxState;
  inbox(query: { readonly after: number; readonly limit: number }): { last: number; records: InboxRecord[] };
  /** When the oldest event that is still on its way was written, as ISO 8601. */
  oldestPending(): string | undefined;
  /** How often an event came whose forerunner was missing, since the start. */
  gaps(): number;
  presenceOf(user: UserId): Presence | undefined;
  /** Frames on the living connection (of none: nothing) and work that can go on by itself, or is parked. */
  census(): {
    readonly links: readonly LinkCount[];
    readonly runnable: Record<string, number>;
    readonly parked: Record<string, number>;
    /** Friends whom the carrier has not reached, where it knows. */
    readonly away: readonly UserId[];
  };
}
