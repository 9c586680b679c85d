import type { JournalEntry, ScenarioStepRecord } from '../protocol/records.ts';

export type StepState = ScenarioStepRecord['state'];
export type ScenarioVerdict = 'passed' | 'failed' | 'inconclusive';

export interface ScenarioStep {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** In how many blocks it stands. */
  readonly depth: number;
  readonly state: StepState;
  readonly ms: number | undefined;
  /** Why it failed, or could not be decided. */
  readonly problem: string | undefined;
}

/** The scenario that is played, or was played last. */
export interface ScenarioProgress {
  readonly name: string;
  readonly file: string;
  /** How many steps it has, where that is known. */
  readonly total: number | undefined;
  /** Those that have been started. */
  readonly steps: readonly ScenarioStep[];
  readonly verdict: ScenarioVerdict | undefined;
}

type OfScenario = Extract<JournalEntry, { type: 'scenario' | 'scenario_step' }>;

export function scenarioAfter(
  before: ScenarioProgress | undefined,
  record: OfScenario,
): ScenarioProgress | undefined {
  if (record.type === 'scenario') {
    const { name, file, steps: total, verdict } = record;
    return record.state === 'started' || !before
      ? { name, file, total, steps: [], verdict }
      : { ...before, verdict };
  }
  if (!before) return undefined;
  const { file, line, text, depth = 0, state, ms, problem } = record;
  const step = { file, line, text, depth, state, ms, problem: problem?.message };
  const at = before.steps.findLastIndex(
    (one) => one.state === 'started' && one.line === line && one.text === text && one.file === file,
  );
  const steps = state === 'started' || at < 0 ? [...before.steps, step] : before.steps.with(at, step);
  return { ...before, steps };
}

export const doneSteps = ({ steps }: ScenarioProgress): number =>
  steps.filter(({ state }) => state !== 'started').length;
