import type { Stack } from '../stack/stack.ts';
import { consultOracle } from './consult-oracle.ts';
import { openRun, type Run } from './open-run.ts';
import { countSteps, type Pace, playSteps } from './play-steps.ts';
import { notKnownUnclaimed, problemRecordOf, touchedNothing, wasToFail } from './run-problems.ts';
import type { Scenario } from './scenario.ts';
import type { StepEvent } from './step-event.ts';
import { unclaimed } from './unexpected.ts';
import { type Finding, findingAt, judge, type Verdict } from './verdict.ts';
import { watchDeaths } from './watch-deaths.ts';

export interface RunOptions {
  /** A stack with the scenario's users, limits and grace (`toStackConfig`). */
  readonly stack: Stack;
  readonly signal: AbortSignal;
  /** Warnings count as failures. */
  readonly strict?: boolean | undefined;
  /** Called before each step that does not run beside others; its time does not count. */
  readonly pace?: Pace | undefined;
}

/** What is known of a run so far. */
interface Findings {
  found: Finding[];
  readonly warnings: string[];
  notChecked: readonly string[];
  /** Every step was played. */
  finished: boolean;
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
  const total = countSteps(steps);
  const findings: Findings = { found: [], warnings: [], notChecked: [], finished: false };
  let seed: number | undefined;
  stack.journal.tell({ type: 'scenario', name, file, state: 'started', steps: total });
  yield { type: 'scenario_started', name, file, steps: total };
  {
    using deaths = watchDeaths(stack);
    const stop = AbortSignal.any([signal, deaths.signal]);
    // Where an instance has died, whatever else is thrown comes of that.
    const explain = (thrown: unknown) => deaths.problem ?? problemRecordOf(thrown);
    const opened = await openRun(scenario, stack, stop).catch(explain);
    if ('actors' in opened) {
      await using run = opened;
      findings.finished = yield* playSteps(steps, {
        scenario,
        run,
        deaths,
        stack,
        signal,
        pace: options.pace,
        found: findings.found,
      });
      seed = run.seed;
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

  const { found, warnings, notChecked } = findings;
  const passedAnyway = () => findingAt(source, top, 'failed', wasToFail(scenario.fails ?? ''));
  const verdict: Verdict = {
    name,
    file,
    ...judge(found, scenario.fails, passedAnyway),
    warnings,
    notChecked,
    expectedToFail: scenario.fails,
    seed,
    ms: performance.now() - began,
  };
  stack.journal.tell({ type: 'scenario', name, file, state: 'ended', verdict: verdict.outcome });
  yield { type: 'scenario_ended', verdict };
}

/** After the last step: heals, and looks at what no step has looked at. */
async function conclude(
  scenario: Scenario,
  run: Run,
  { strict = false, stack }: RunOptions,
  stop: AbortSignal,
  findings: Findings,
): Promise<void> {
  await run.healAll();
  const top = topOf(scenario);
  for (const fault of run.untouched) {
    findings.found.push(findingAt(scenario.source, top, 'inconclusive', touchedNothing(fault)));
  }
  if (stop.aborted) return;
  const rest = await run.rest(stop);
  const facts = { found: findings.found, settled: rest.is === 'quiet', finished: findings.finished };
  const report = await consultOracle(scenario, run, stack, facts, stop);
  findings.found = [...report.findings];
  findings.notChecked = report.notChecked;
  // A scenario that has stopped early leaves things unclaimed, and its first failure says enough.
  if (findings.found.length > 0 || stop.aborted) return;
  const { found, warnings } = findings;
  const left = await unclaimed(scenario, run, stop);
  const isAsked = scenario.unexpected === 'fail' || (strict && scenario.unexpected !== 'ignore');
  if (left.length === 0 && rest.is !== 'quiet' && isAsked) {
    found.push(findingAt(scenario.source, top, 'inconclusive', notKnownUnclaimed(rest.because)));
  }
  if (left.length === 0) return;
  if (isAsked) {
    const problem = { code: 'unexpected', message: 'Events arrived that no step claims.', exit: 1 };
    found.push(findingAt(scenario.source, top, 'failed', problem, left));
  } else {
    warnings.push(...left.map((one) => `No step claims this: ${one}`));
  }
}

/** Where a finding points that belongs to no step. */
const topOf = ({ source }: Scenario) => ({ start: 0, end: Math.max(1, source.line(1).length) });
