import type { UserId } from '../../protocol/ids.ts';
import type { Authority } from './authority.ts';
import type { BackendProcess } from './backend-process.ts';
import type { Owner } from './owner.ts';
import type { Peer } from './peer.ts';
import type { Wire } from './wire.ts';

/** Everything that a check has: the tested backend from all of its sides. */
export interface Bench {
  /** The user of the tested backend. */
  readonly user: UserId;
  readonly owner: Owner;
  /** Two friends of the user, a stranger who would like to be one, and somebody who becomes one and no longer is. */
  readonly alice: Peer;
  readonly dave: Peer;
  readonly carol: Peer;
  readonly erin: Peer;
  readonly wire: Wire;
  readonly authority: Authority;
  /** The file that COLLAB_TOKEN_FILE names. */
  readonly tokenFile: string;
  /** Only where this command has started the backend. */
  readonly life: BackendProcess | undefined;
  /** The origin of the user's own page, where the backend was told of it. */
  readonly pageOrigin: string | undefined;
  /** How long something may take to happen, in milliseconds. */
  readonly withinMs: number;
  /** A name that nothing has had yet. */
  id(what: string): string;
  /** Whether the relay has a connection of the tested backend. */
  readonly online: boolean;
  /** Starts it if it is dead, and waits until the relay has it and friends see it. False: it did not come. */
  comesOnline(): Promise<boolean>;
}
