import type {
  Comment,
  Duration,
  EventType,
  HttpAnswer,
  Position,
  PositionContent,
  ReceivedEvent,
} from './data-types.ts';

/** How far an act's event has to get before the act resolves. */
export type Until = 'saved' | 'accepted' | 'routed' | 'delivered';

/** An act that is refused throws an Unmet with the code `act-refused`, whose message has the status and the reason. */
export interface ActOptions {
  /** How long to wait for the answer, and for what `until` and `receipts` ask for; 5 s if absent. */
  readonly within?: Duration;
}

export interface SendingOptions<Name extends string = string> extends ActOptions {
  /** `saved` if absent. */
  readonly until?: Until;
  /** The receipt that each recipient is expected to lead to: `{ bob: 'delivered', carol: 'unavailable' }`. */
  readonly receipts?: Readonly<Partial<Record<Name, string>>>;
}

export interface EventOptions<Name extends string = string> {
  /** The name of a position. */
  readonly about?: string;
  readonly from?: Name;
  /**
   * A map is a subset, a list has exact length and order, anything else is equal; any value may be an operator of the
   * scenario language: `{ $regex: '^Great' }`, `{ $any: 'uuid' }`, `{ $contains: 'x' }`, `{ $length: 2 }` …
   */
  readonly match?: unknown;
  /** 5 s if absent. */
  readonly within?: Duration;
}

export interface ArrivalOptions<Name extends string = string> extends EventOptions<Name> {
  /** Exactly so many, or between two numbers: closed by quiet, not by time. Absent: at least one. */
  readonly count?: number | { readonly min?: number; readonly max?: number };
}

/** One user: what they do through their backend, as their page would, and what reaches them. */
export interface TestUser<Name extends string = string> {
  readonly name: Name;
  /** Their backend, as others reach it. */
  readonly url: string;
  /** Their page; undefined without `pages`. */
  readonly pageUrl: string | undefined;
  /** A fresh token of theirs for their own backend. */
  token(): Promise<string>;

  share(
    position: string,
    options: SendingOptions<Name> & { readonly with: Name | readonly Name[] },
  ): Promise<Position & Sent>;
  comment(text: string, options: SendingOptions<Name> & { readonly on: string }): Promise<Comment & Sent>;
  update(
    position: string,
    options: SendingOptions<Name> & { readonly set: Partial<PositionContent> },
  ): Promise<Position & Sent>;
  revoke(
    position: string,
    options: SendingOptions<Name> & { readonly from: Name | readonly Name[] },
  ): Promise<Position & Sent>;
  befriend(friend: Name | readonly Name[], options?: ActOptions): Promise<void>;
  unfriend(friend: Name | readonly Name[], options?: SendingOptions<Name>): Promise<void>;
  /** Asks the own backend (`'GET /api/v1/friends'`) with the own token. */
  http(
    request: string,
    options?: ActOptions & {
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly token?: 'own' | 'relay' | 'expired' | 'none';
      /** The refusal that is expected; without it, anything but success is thrown. */
      readonly outcome?: { readonly status?: number; readonly code?: string };
    },
  ): Promise<HttpAnswer>;

  /** Their backend has applied such an event. The earliest is claimed: two expectations never claim the same one. */
  receives(type: EventType | 'any', options?: ArrivalOptions<Name>): Promise<ReceivedEvent>;
  /** Their page was told of it, over its socket. */
  sees(
    type: EventType | 'notification' | 'position' | 'position_removed' | 'any',
    options?: ArrivalOptions<Name>,
  ): Promise<unknown>;
  /** No such event has reached their backend when nothing is under way any more: proven, not slept for. */
  never(type: EventType | 'any', options?: EventOptions<Name> & { readonly for?: Duration }): Promise<void>;
  /** They have the position, as an own one or as a copy. */
  has(
    position: string,
    options?: { readonly match?: unknown; readonly within?: Duration },
  ): Promise<Position>;
  lacks(position: string, options?: { readonly within?: Duration }): Promise<void>;
  /** They see a friend as online or offline. */
  presence(
    status: 'online' | 'offline',
    options: { readonly of: Name; readonly within?: Duration },
  ): Promise<void>;

  /** Takes their backend off the relay, and lets it come back. */
  disconnect(): Promise<void>;
  connect(): Promise<void>;
}

/** The ids of the events that an act has sent. */
export interface Sent {
  readonly event_ids: readonly string[];
}
