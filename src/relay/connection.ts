import type { CloseWord } from '../protocol/close-codes.ts';
import type { RelayToBackend } from '../protocol/relay-socket.ts';

/** What the relay says to a backend, by name; the payload of each is in protocol/relay-socket.ts. */
export type FrameName = keyof RelayToBackend;

/**
 * One backend's connection, whatever face it came in by. The core knows nothing else of Socket.IO or WebSocket, so a
 * second face is an added file.
 */
export interface Connection {
  /** The face by which it came in. */
  readonly face: 'socket.io' | 'websocket';
  /** The network address of the other end. */
  readonly address: string;
  /** Bytes that wait to be taken by the other end. */
  readonly buffered: number;
  /** `json` is the payload, encoded: one encoding serves every recipient and both faces. */
  send(frame: FrameName, json: string): void;
  /** Reads nothing from it for so many ms, where its transport can be held. */
  hold(ms: number): void;
  /** Says why (`collab_error`) and closes, so that the other end stays away or comes back as the word has it. */
  close(word: CloseWord): void;
}
