import type { UserId } from '../protocol/ids.ts';
import type { FaultInForce, Stack } from '../stack/stack.ts';
import type { Actor } from './actor.ts';
import type { ActLog } from './acts.ts';
import type { Range } from './complaint.ts';
import type { Names } from './names.ts';
import type { Quietness } from './rounds.ts';
import type { Waker } from './waker.ts';

/**
 * How far each user's streams had got when a named step began. `unreadAt`: the backend could not be read then, so it
 * may hold more from before that time, by the clock of this machine; being down, it commits nothing meanwhile.
 */
export type Mark = ReadonlyMap<
  UserId,
  { readonly backend: number; readonly page: number; readonly unreadAt: string | undefined }
>;

/** What a step has to work with. */
export interface StepContext {
  readonly stack: Stack;
  readonly signal: AbortSignal;
  readonly names: Names;
  readonly waker: Waker;
  readonly users: readonly UserId[];
  /** Every act is written down, with what its user was told. */
  readonly acts: ActLog;
  /** Where the step stands in its file. */
  readonly range: Range | undefined;
  actor(user: UserId): Actor;
  /** Set by a step that some `after:` names. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** The cuts behind `disconnect`, by user, and those that a file has named. */
  readonly disconnected: Map<string, string>;
  readonly faultNames: Map<string, string>;
  /** What a fault's chance begins with: the same ones in the same order for the same `seed` of the scenario. */
  nextSeed(): number;
  /** Heals, and keeps in mind what touched nothing: a fault that met nothing has tested nothing. */
  heal(which: Parameters<Stack['heal']>[0]): Promise<readonly FaultInForce[]>;
  /** Does something later, beside the steps; it is left out if the scenario ends before. */
  later(ms: number, then: () => Promise<unknown>): void;
  /** Waits until nothing is under way any more. After `withinMs`, the answer is what kept it from being quiet. */
  quiet(withinMs: number): Promise<Quietness>;
}
