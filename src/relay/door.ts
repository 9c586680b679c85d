import type { CloseWord } from '../protocol/close-codes.ts';
import type { UserId } from '../protocol/ids.ts';
import type { RelayLimits } from '../protocol/limits.ts';
import type { Connection } from './connection.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { Admission, Identity } from './identify.ts';
import type { FairTurns } from './intake.ts';
import type { Session } from './sessions.ts';

/** How a face lets somebody in: the same for every face. */
export interface DoorOptions {
  readonly limits: RelayLimits;
  readonly doorkeeper: Doorkeeper;
  readonly turns: FairTurns;
  readonly admit: (hello: unknown) => Promise<Admission>;
  readonly open: (identity: Identity, connection: Connection) => Session | undefined;
  /** Somebody who was not let in yet gave cause to be closed: it is remembered, if it can be found out who it was. */
  readonly onOffence: (hello: unknown, address: string) => void;
  /** Whether this name, true or not, is kept out from this address now. */
  readonly isBarred: (user: string, address: string) => boolean;
  readonly onRefused: (user: UserId | undefined, word: CloseWord) => void;
  /** A ping of ours was answered. */
  readonly onPong: (face: Connection['face'], seconds: number) => void;
  /** Gets what was thrown and should not have been. */
  readonly onFault: (fault: unknown) => void;
}
