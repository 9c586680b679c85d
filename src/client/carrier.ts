import type { LinkCount } from '../protocol/census.ts';
import type { FetchReply, FetchRequest } from '../protocol/collab-fetch.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Acknowledgement, SubmitReply } from '../protocol/receipts.ts';
import type { ConnectionOptions } from './connection.ts';

/** What a carrier tells those who use it. */
export type CarrierEvents = Pick<
  ConnectionOptions,
  | 'onConnected'
  | 'onLost'
  | 'onEvent'
  | 'onUnreadable'
  | 'onPresence'
  | 'onWake'
  | 'onReceipts'
  | 'onQuestion'
  | 'onFetched'
  | 'onNote'
>;

/**
 * Whatever brings events to other users' backends and back: the connection to a relay, or another topology's way.
 * Outbox and inbox are the same above all of them.
 */
export interface Carrier {
  /** It can carry; rejects with a Problem when it never will. */
  readonly ready: Promise<void>;
  readonly connected: boolean;
  open(): void;
  /** Takes an event; its receipts come later. False: not now, nothing was taken. */
  submit(event: unknown, reply: (reply: SubmitReply) => void): boolean;
  acknowledge(acknowledgement: Acknowledgement): boolean;
  /** The lists of friends are others now. */
  declareFriends(): boolean;
  /** A question for another backend past the way to its address, and an answer to one. False where there is none. */
  ask(request: FetchRequest): boolean;
  answer(reply: FetchReply): boolean;
  census(): CarrierCensus;
  close(): Promise<void>;
}

export interface CarrierCensus {
  readonly links: readonly LinkCount[];
  /** What is under way between it and others. */
  readonly runnable: Readonly<Record<string, number>>;
  /** Friends whom it has not reached, and goes on trying to. */
  readonly away: readonly UserId[];
}

/** Makes the carrier of one backend, which does not open it. */
export type MakeCarrier = (events: CarrierEvents) => Carrier;
