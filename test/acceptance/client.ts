import type { AuthRefreshReply } from '../../src/protocol/handshake.ts';
import type { SubmitReply } from '../../src/protocol/receipts.ts';
import type { Recording } from '../relay/recorder.ts';

/** What a handshake may say beside the user's name. */
export type Hello = Readonly<Record<string, unknown>>;

/** One of these for each connection, so that a client may come back as somebody with a new token. */
export type MakeHello = () => Hello;

/**
 * A client of one face, with everything that it received. Whatever face it is, the end of a connection is recorded as
 * `closed`, with `comesBack` (whether this client connects again, as its close code or its library has it) and, where
 * the face shows it, the `code` of the close frame. It comes back within some ms.
 */
export interface Client extends Recording {
  /** Sends an event and waits for the reply. */
  submit(event: unknown): Promise<SubmitReply>;
  /** Sends an event and does not care for the reply. */
  post(event: unknown): void;
  acknowledge(acknowledgement: unknown): void;
  declareFriends(lists: unknown): void;
  refresh(token: string): Promise<AuthRefreshReply>;
  fetch(request: unknown): void;
  answerFetch(reply: unknown): void;
  bye(): void;
  /** Closes, and stays away. */
  leave(): void;
  /** Loses its connection without meaning to, and comes back. */
  drop(): void;
  /** Reads nothing more from the network, until resumed. */
  pause(): void;
  resume(): void;
}

/** A way to reach a relay. */
export interface Face {
  readonly name: string;
  /** The close frame's code is seen by clients. */
  readonly showsCodes: boolean;
  /** Connects; does not wait. Ends with the test. */
  dial(url: string, user: string, hello: MakeHello): Client;
}
