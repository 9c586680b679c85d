import type { z } from 'zod';
import type { Journal } from '../journal/journal.ts';
import type { BackendConfig } from '../protocol/backend-config.ts';
import type { Census } from '../protocol/census.ts';
import type { UserId } from '../protocol/ids.ts';
import type { BucketSettings } from '../protocol/limits.ts';
import type { LinkFault, linkFault } from '../protocol/links-config.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import type { ProcessRecord } from '../protocol/records.ts';
import type { Topology } from '../protocol/topology.ts';
import type { ForeignCommand } from './foreign-command.ts';

/** What to run. Ports: `fixed` is 9000, 8000 + i and 3000 + i, `auto` is any free one (tests). */
export interface StackConfig {
  /** How the backends reach one another; absent: through a relay. */
  readonly topology?: Topology | undefined;
  readonly users: readonly StackUserConfig[];
  readonly ports:
    | { readonly relay: number; readonly firstBackend: number; readonly firstPage?: number }
    | 'auto';
  readonly runId: string;
  /** The run folder: journal/, logs/, data/<user>/, stack.json. */
  readonly folder: string;
  readonly graceMs: number;
  /** False: no hops, so no link faults; dialled directly. */
  readonly links: boolean;
  /** Each user has a page, all from one process. */
  readonly pages?: boolean | undefined;
  /** Everything speaks TLS, with certificates of an authority of this run. */
  readonly tls?: boolean | undefined;
  /** How many nodes the relay has; with more than one there is a private Redis between them. Absent: one. */
  readonly relays?: number | undefined;
  readonly limits?: Readonly<Record<string, BucketSettings>> | undefined;
  /** Waits and pauses of every backend, where they differ from what suits one machine. */
  readonly timing?: Partial<BackendConfig['timing']> | undefined;
  /** What else runs beside the users, by name: a database, a mail catcher. */
  readonly services?: Readonly<Record<string, ForeignCommand>> | undefined;
  /** What runs once, by name, and has to end with 0: a migration. */
  readonly tasks?: Readonly<Record<string, ForeignCommand>> | undefined;
}

export interface StackUserConfig {
  readonly name: UserId;
  readonly displayName: string;
  readonly friends: readonly UserId[];
  readonly acks: boolean;
  /** Origins of the pages that may call this user's backend. */
  readonly pageOrigins?: readonly string[] | undefined;
  /** A command in the place of the simulated backend; absent: the simulated one. */
  readonly backend?: ForeignCommand | undefined;
  /** A command in the place of our page; absent: ours, where the stack has pages. */
  readonly frontend?: ForeignCommand | 'off' | undefined;
}

/** One running process of the stack, as the journal and the views show it. */
export interface Instance {
  readonly name: string;
  readonly role: 'relay' | 'backend' | 'links' | 'redis' | 'pages' | 'frontend' | 'service' | 'task';
  /** A command of the user's, not a process of ours. */
  readonly foreign: boolean;
  readonly state: ProcessRecord['state'];
  readonly pid: number | undefined;
  /** The public URL: a hop's where there are links. */
  readonly url: string | undefined;
  readonly startMs: number | undefined;
}

export type FaultInForce = LinkFault;

/** `Omit` that keeps the members of a union apart. */
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type WantedFault = WithoutId<z.input<typeof linkFault>>;

export interface CensusRound {
  /** By process name; undefined where a process could not answer (killed, stopped). */
  readonly by: ReadonlyMap<string, Census | undefined>;
}

/**
 * A running stack. Instances are `relay` (where there is one), `links`, `pages` and the users' names; with several relay nodes
 * `relay.1`, `relay.2` … and `redis`, and `relay` then names all nodes at once; of the single topology `links`,
 * `backend`, and each user as a part of that.
 */
export interface Stack extends AsyncDisposable {
  readonly runId: string;
  readonly folder: string;
  readonly users: readonly UserId[];
  readonly topology: Topology;
  /** Throws the Problem `no-relay` in a topology without one. */
  readonly relayUrl: string;
  readonly journal: Journal;
  /** Certificates in PEM by which the servers of this stack are known; undefined: they speak without TLS. */
  readonly authorities: string | undefined;

  instances(): readonly Instance[];
  /** The public URL of a user's backend. */
  urlOf(user: UserId): string;
  /** Where a user's page is; undefined where there are no pages. */
  pageUrlOf(user: UserId): string | undefined;
  /** A fresh token of this run's issuer; `expiresInS` may be negative. */
  tokenFor(user: UserId, audience: string, expiresInS?: number): Promise<string>;

  /** SIGKILL, and it stays down until start(). */
  kill(name: string): Promise<void>;
  /** Starts what is down, with its old data and ports; resolves when ready. */
  start(name: string): Promise<void>;
  /** Stops (gracefully) and starts; of several nodes one after the other, as a deployment does. */
  restart(name: string): Promise<void>;
  /** SIGSTOP to a process and all that it started: it does nothing, and its connections stay. */
  pause(name: string): Promise<void>;
  /** SIGCONT: what is paused goes on. */
  resume(name: string): Promise<void>;

  /** Lays a fault on the link between two names; resolves when it is in force. */
  impose(fault: WantedFault): Promise<FaultInForce>;
  /** Severs the link between two names for one direction's connections, or both; resolves when in force. */
  cut(fault: { readonly from: string; readonly to: string; readonly both: boolean }): Promise<FaultInForce>;
  /** Ends faults by id, by a name on either end, or all; answers the ended ones with what each of them touched. */
  heal(
    which: { readonly id: string } | { readonly name: string } | 'everyone',
  ): Promise<readonly (FaultInForce & { readonly touched: number })[]>;
  faults(): readonly FaultInForce[];

  /** Sends a raw event over a user's own relay connection. */
  emit(user: UserId, event: Record<string, unknown>): Promise<SubmitReply>;
  census(): Promise<CensusRound>;
  /** Told when an instance dies that nobody asked to. Returns its own off switch. */
  onDeath(
    listener: (death: {
      readonly name: string;
      readonly exit: string;
      readonly lastLines: readonly string[];
    }) => void,
  ): () => void;
}
