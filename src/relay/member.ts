import type { UserId } from '../protocol/ids.ts';
import type { PeerKey } from '../protocol/presence.ts';
import type { Connection, FrameName } from './connection.ts';
import type { Declarer, Lists } from './friendship.ts';
import type { Identity } from './identify.ts';
import type { Budgets } from './limits.ts';

/** What mutual friends are told about a user. */
export interface Profile {
  readonly displayName: string;
  readonly backendUrl: string | undefined;
  readonly peerKey: PeerKey | undefined;
}

/** One living connection with its user. There is at most one a user. */
export class Member implements Declarer {
  readonly user: UserId;
  readonly connId: string;
  readonly connection: Connection;
  readonly profile: Profile;
  readonly acks: boolean;
  readonly instance: string | undefined;
  readonly attempt: number;
  readonly budgets: Budgets;
  lists: Lists;
  /** Lists that came from a handshake or a frame: a token's claim no longer counts. */
  declared: boolean;
  /** Ms since 1970. */
  tokenExpiresAt: number | undefined;
  /** It said that it leaves: no grace. */
  saidBye = false;
  lastSeen: number;
  /** By performance.now(). */
  readonly openedAt = performance.now();
  /** When it was made by the clock of the bus, once this is known; never where there are no other nodes. */
  stamp: number | undefined;
  /** Application frames since the connection was made, for the census. */
  sent = 0;
  received = 0;
  /** Receipts, encoded, that go out with the next batch. */
  receipts: string[] = [];

  constructor(identity: Identity, connId: string, connection: Connection, budgets: Budgets, now: number) {
    this.user = identity.user;
    this.connId = connId;
    this.connection = connection;
    this.profile = identity.profile;
    this.acks = identity.acks;
    this.instance = identity.instance;
    this.attempt = identity.attempt;
    this.budgets = budgets;
    this.lists = identity.lists;
    this.declared = identity.declared;
    this.tokenExpiresAt = identity.tokenExpiresAt;
    this.lastSeen = now;
  }

  send(frame: FrameName, json: string): void {
    this.sent += 1;
    this.connection.send(frame, json);
  }
}
