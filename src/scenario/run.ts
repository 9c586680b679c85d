import type { Stack } from '../stack/stack.ts';
import { openRun, type Run } from './open-run.ts';
import { playStep } from './play-step.ts';
import { problemRecordOf, timedOut, touchedNothing, wasToFail } from './run-problems.ts';
import type { Scenario } from './scenario.ts';
import type { StepEnd } from './step-end.ts';
import { unclaimed } from './unexpected.ts';
import { type Finding, findingAt, judge, type Verdict } from './verdict.ts';
import { type DeathWatch, watchDeaths } from './watch-deaths.ts';

/** What happened in a run, as plain data; the same is told to the journal of the stack. */
export type StepEvent =
  | {
      readonly type: 'scenario_started';
      readonly name: string;
      readonly file: string;
      readonly steps: number;
    }
  | { readonly type: 'step_started'; readonly line: number; readonly text: string }
  | {
      readonly type: 'step_ended';
      readonly line: number;
      readonly text: string;
      readonly outcome: StepEnd['outcome'];
      readonly ms: number;
      /** On what a verdict about absence rests. */
      readonly proof: string | undefined;
      readonly finding: Finding | undefined;
    }
  | { readonly type: 'scenario_ended'; readonly verdict: Verdict };

export interface RunOptions {
  /** A stack with the scenario's users, limits and grace (`toStackConfig`). */
  readonly stack: Stack;
  readonly signal: AbortSignal;
  /** Warnings count as failures. */
  readonly strict?: boolean | undefined;
  /** Called before each step, for a reading pace or a key; its time does not count. */
  readonly pace?: ((next: { readonly line: number; readonly text: string }) => Promise<void>) | undefined;
}

/** What is known of a run so far. */
interface Findings {
  readonly found: Finding[];
  readonly warnings: string[];
}

/**
 * Plays a scenario and yields what happens; the last event holds the verdict. Everything is healed at the end, also
 * when the consumer stops early. Rejects for a bug of ours or when `signal` says stop, never for a failed scenario.
 */
export async function* runScenario(scenario: Scenario, options: RunOptions): AsyncGenerator<StepEvent> {
  const { stack, signal } = options;
  const { name, source, steps } = scenario;
  const { file } = source;
  const began = performance.now();
  const top = topOf(scenario);
  const findings: Findings = { found: [], warnings: [] };
  stack.journal.tell({ type: 'scenario', name, file, state: 'started', steps: steps.length });
  yield { type: 'scenario_started', name, file, steps: steps.length };
  {
    using deaths = watchDeaths(stack);
    const stop = AbortSignal.any([signal, deaths.signal]);
    // Where an instance has died, whatever else is thrown comes of that.
    const explain = (thrown: unknown) => deaths.problem ?? problemRecordOf(thrown);
    const opened = await openRun(scenario, stack, stop).catch(explain);
    if ('actors' in opened) {
      await using run = opened;
      yield* playSteps(scenario, run, deaths, options, findings.found);
      const problem = await conclude(scenario, run, options, stop, findings).catch(explain);
      if (problem) findings.found.push(findingAt(source, top, 'failed', problem));
    } else {
      findings.found.push(findingAt(source, top, 'failed', opened));
    }
    if (deaths.problem && !findings.found.some(({ problem }) => problem.exit === 3)) {
      findings.found.push(findingAt(source, top, 'failed', deaths.problem));
    }
  }
  signal.throwIfAborted();

  const { found, warnings } = findings;
  const passedAnyway = () => findingAt(source, top, 'failed', wasToFail(scenario.fails ?? ''));
  const verdict: Verdict = {
    name,
    file,
    ...judge(found, scenario.fails, passedAnyway),
    warnings,
    expectedToFail: scenario.fails,
    ms: performance.now() - began,
  };
  stack.journal.tell({ type: 'scenario', name, file, state: 'ended', verdict: verdict.outcome });
  yield { type: 'scenario_ended', verdict };
}

async function* playSteps(
  scenario: Scenario,
  run: Run,
  deaths: DeathWatch,
  { stack, signal, pace }: RunOptions,
  found: Finding[],
): AsyncGenerator<StepEvent> {
  const { source } = scenario;
  let spentMs = 0;
  for (const step of scenario.steps) {
    const shown = { line: source.at(step.range.start).line, text: step.text };
    const tell = { type: 'scenario_step', file: source.file, ...shown } as const;
    await pace?.(shown);
    stack.journal.tell({ ...tell, state: 'started' });
    yield { type: 'step_started', ...shown };

    const began = performance.now();
    const inTime = AbortSignal.timeout(Math.max(1, Math.round(scenario.timeoutMs - spentMs)));
    const end = await playStep(step, scenario, run, AbortSignal.any([signal, deaths.signal, inTime]));
    signal.throwIfAborted();
    const ms = performance.now() - began;
    spentMs += ms;

    // What the step itself made of being interrupted is not worth saying.
    const interrupted = deaths.problem ?? (inTime.aborted ? timedOut(scenario.timeoutMs) : undefined);
    const finding = interrupted
      ? findingAt(source, step.range, 'failed', interrupted)
      : end.outcome === 'passed'
        ? undefined
        : findingAt(source, step.range, end.outcome, end.problem, end.seen);
    const outcome = finding?.outcome ?? 'passed';
    stack.journal.tell({ ...tell, state: outcome, ms, ...(finding && { problem: finding.problem }) });
    const proof = end.outcome === 'passed' ? end.proof : undefined;
    yield { type: 'step_ended', ...shown, outcome, ms, proof, finding };
    if (!finding) continue;
    found.push(finding);
    if (interrupted || step.kind !== 'expectation' || step.must) return;
  }
}

/** After the last step: heals, and looks at what no step has looked at. */
async function conclude(
  scenario: Scenario,
  run: Run,
  { strict = false }: RunOptions,
  stop: AbortSignal,
  { found, warnings }: Findings,
): Promise<void> {
  await run.healAll();
  const top = topOf(scenario);
  for (const { from, to } of run.untouched) {
    found.push(findingAt(scenario.source, top, 'inconclusive', touchedNothing(from, to)));
  }
  // A scenario that has stopped early leaves things unclaimed, and its first failure says enough.
  if (found.length > 0 || stop.aborted) return;
  const left = await unclaimed(scenario, run, stop);
  if (left.length === 0) return;
  if (scenario.unexpected === 'fail' || strict) {
    const problem = { code: 'unexpected', message: 'Events arrived that no step claims.', exit: 1 };
    found.push(findingAt(scenario.source, top, 'failed', problem, left));
  } else {
    warnings.push(...left.map((one) => `No step claims this: ${one}`));
  }
}

/** Where a finding points that belongs to no step. */
const topOf = ({ source }: Scenario) => ({ start: 0, end: Math.max(1, source.line(1).length) });
