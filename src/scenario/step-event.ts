import type { StepEnd } from './step-end.ts';
import type { Finding, Outcome, Verdict } from './verdict.ts';

/** A step as it is shown while it is played. */
export interface ShownStep {
  readonly line: number;
  /** As it stands in the file; in a block that is repeated with the number of the round. */
  readonly text: string;
  /** In how many blocks it stands. */
  readonly depth: number;
  /** Other steps stand in it, and come before its end. */
  readonly block: boolean;
}

/** What happened in a run, as plain data; the same is told to the journal of the stack. */
export type StepEvent =
  | {
      readonly type: 'scenario_started';
      readonly name: string;
      readonly file: string;
      /** All that will be played if nothing stops it, those in blocks included. */
      readonly steps: number;
    }
  | ({ readonly type: 'step_started' } & ShownStep)
  | ({
      readonly type: 'step_ended';
      /** Of a block: the worst of its steps, which say themselves what was found. */
      readonly outcome: Outcome;
      readonly ms: number;
      /** On what a verdict about absence rests. */
      readonly proof: string | undefined;
      readonly finding: Finding | undefined;
      /** What a step that passed has brought: the answer to an act, the event that was expected. */
      readonly value: unknown;
    } & ShownStep)
  | { readonly type: 'scenario_ended'; readonly verdict: Verdict };

export const broughtBy = (end: StepEnd): unknown => (end.outcome === 'passed' ? end.value : undefined);

export const proofOf = (end: StepEnd): string | undefined =>
  end.outcome === 'passed' ? end.proof : undefined;
