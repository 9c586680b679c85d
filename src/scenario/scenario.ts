import type { BucketSettings } from '../protocol/limits.ts';
import type { PositionDraft } from '../protocol/positions.ts';
import type { Topology } from '../protocol/topology.ts';
import type { BoundStep } from './parse-step.ts';
import type { Source } from './source.ts';
import type { SaidStep } from './topology-sense.ts';

export interface ScenarioUser {
  readonly name: string;
  readonly friends: readonly string[];
  readonly acks: boolean;
  /** The name of a command in the place of the simulated backend. */
  readonly backend?: string | undefined;
}

export interface ScenarioPosition {
  readonly name: string;
  readonly owner: string;
  readonly draft: PositionDraft;
}

/** A scenario file, parsed and checked: it can be run on any stack that has its users. */
export interface Scenario {
  readonly name: string;
  readonly source: Source;
  readonly users: readonly ScenarioUser[];
  readonly positions: readonly ScenarioPosition[];
  readonly tags: readonly string[];
  /** Why it is not run. */
  readonly skip: string | undefined;
  readonly only: boolean;
  /** Why it is expected to fail. */
  readonly fails: string | undefined;
  readonly timeoutMs: number;
  readonly unexpected: 'fail' | 'warn' | 'ignore';
  readonly seed: number | undefined;
  readonly limits: Readonly<Record<string, BucketSettings>> | undefined;
  readonly graceMs: number;
  /** How often a backend sends again what nobody has answered; undefined for the usual time. */
  readonly sweepMs: number | undefined;
  /** The topology that the file is about; undefined: any in which its steps make sense. */
  readonly topology: Topology | undefined;
  /** How many nodes the relay has. */
  readonly relays: number;
  readonly steps: readonly BoundStep[];
  /** Every step as it was said, also those in blocks. */
  readonly said: readonly SaidStep[];
  /** The steps that some `after:` names. */
  readonly marked: ReadonlySet<string>;
}
