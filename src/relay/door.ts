import type { CloseWord } from '../protocol/close-codes.ts';
import type { UserId } from '../protocol/ids.ts';
import type { RelayLimits } from '../protocol/limits.ts';
import type { Connection } from './connection.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { Admission, Identity } from './identify.ts';
import type { Session } from './sessions.ts';

/** How a face lets somebody in: the same for every face. */
export interface DoorOptions {
  readonly limits: RelayLimits;
  readonly doorkeeper: Doorkeeper;
  readonly admit: (hello: unknown) => Promise<Admission>;
  readonly open: (identity: Identity, connection: Connection) => Session | undefined;
  readonly onRefused: (user: UserId | undefined, word: CloseWord) => void;
  /** Gets what was thrown and should not have been. */
  readonly onFault: (fault: unknown) => void;
}
