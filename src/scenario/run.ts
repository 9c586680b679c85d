import { messageOf, Problem } from '../problem.ts';
import type { Stack } from '../stack/stack.ts';
import { inWords } from './duration.ts';
import { openRun, type Run } from './open-run.ts';
import type { BoundStep } from './parse-step.ts';
import type { Scenario } from './scenario.ts';
import { recordOf, type StepEnd } from './step-end.ts';
import { unclaimed } from './unexpected.ts';
import { type Finding, findingAt, judge, type Verdict } from './verdict.ts';

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

/**
 * Plays a scenario and yields what happens; the last event holds the verdict. Everything is healed at the end, also
 * when the consumer stops early. Rejects for a bug of ours or when `signal` says stop, never for a failed scenario.
 */
export async function* runScenario(scenario: Scenario, options: RunOptions): AsyncGenerator<StepEvent> {
  const { stack, signal, strict = false, pace } = options;
  const { source, steps } = scenario;
  const { file } = source;
  const started = performance.now();
  const findings: Finding[] = [];
  const warnings: string[] = [];
  const top = { start: 0, end: Math.max(1, source.line(1).length) };
  const death = watchDeaths(stack);
  const base = AbortSignal.any([signal, death.signal]);

  stack.journal.tell({ type: 'scenario', name: scenario.name, file, state: 'started', steps: steps.length });
  yield { type: 'scenario_started', name: scenario.name, file, steps: steps.length };
  try {
    let spentMs = 0;
    await using run = await openOrFind(scenario, stack, base, (problem) =>
      findings.push(findingAt(source, top, 'failed', problem)),
    );
    for (const step of run ? steps : []) {
      if (!run) break;
      const { line } = source.at(step.range.start);
      const shown = { line, text: step.text };
      await pace?.(shown);
      stack.journal.tell({ type: 'scenario_step', file, ...shown, state: 'started' });
      yield { type: 'step_started', ...shown };
      const began = performance.now();
      const inTime = AbortSignal.timeout(Math.max(1, Math.round(scenario.timeoutMs - spentMs)));
      const end = await play(step, scenario, run, AbortSignal.any([base, inTime]));
      signal.throwIfAborted();
      const ms = performance.now() - began;
      spentMs += ms;
      const judged = death.problem ?? (inTime.aborted ? timedOut(scenario) : undefined);
      const finding = judged
        ? findingAt(source, step.range, 'failed', judged)
        : end.outcome === 'passed'
          ? undefined
          : findingAt(source, step.range, end.outcome, end.problem, end.seen);
      if (finding) findings.push(finding);
      const outcome = finding?.outcome ?? 'passed';
      stack.journal.tell({
        type: 'scenario_step',
        file,
        ...shown,
        state: outcome,
        ms,
        ...(finding ? { problem: finding.problem } : {}),
      });
      const proof = end.outcome === 'passed' ? end.proof : undefined;
      yield { type: 'step_ended', ...shown, outcome, ms, proof, finding };
      if (finding && (judged || step.kind !== 'expectation' || step.must)) break;
    }
    if (run) {
      await run.healAll();
      for (const { from, to } of run.untouched) {
        findings.push(findingAt(source, top, 'inconclusive', touchedNothing(from, to)));
      }
      const left = findings.length === 0 ? await unclaimed(scenario, run, base) : [];
      if (scenario.unexpected === 'fail' || strict) {
        const problem = { code: 'unexpected', message: 'Events arrived that no step claims.', exit: 1 };
        if (left.length > 0) findings.push(findingAt(source, top, 'failed', problem, left));
      } else {
        warnings.push(...left.map((one) => `No step claims this: ${one}`));
      }
    }
    if (death.problem && !findings.some(({ problem }) => problem.exit === 3)) {
      findings.push(findingAt(source, top, 'failed', death.problem));
    }
  } finally {
    death[Symbol.dispose]();
  }
  signal.throwIfAborted();

  const passedAnyway = () => findingAt(source, top, 'failed', wasToFail(scenario.fails ?? ''));
  const verdict: Verdict = {
    name: scenario.name,
    file,
    ...judge(findings, scenario.fails, passedAnyway),
    warnings,
    expectedToFail: scenario.fails,
    ms: performance.now() - started,
  };
  const { outcome } = verdict;
  stack.journal.tell({ type: 'scenario', name: scenario.name, file, state: 'ended', verdict: outcome });
  yield { type: 'scenario_ended', verdict };
}

/** Runs one step. A Problem is a failure that its reader can act on; anything else is a bug, unless we are stopping. */
async function play(step: BoundStep, scenario: Scenario, run: Run, signal: AbortSignal): Promise<StepEnd> {
  const isMarked = step.as !== undefined && scenario.marked.has(step.as);
  const context = run.context(signal);
  try {
    if (step.as !== undefined && isMarked && step.kind === 'act') await run.mark(step.as);
    const end = await step.run(context);
    if (step.as !== undefined && end.outcome === 'passed') context.names.as(step.as, end.value);
    if (step.as !== undefined && isMarked && step.kind !== 'act') await run.mark(step.as);
    return end;
  } catch (error) {
    if (error instanceof Problem) return { outcome: 'failed', problem: recordOf(error), seen: [] };
    if (!signal.aborted) throw error;
    return { outcome: 'inconclusive', problem: { code: 'stopped', message: messageOf(error) }, seen: [] };
  }
}

async function openOrFind(
  scenario: Scenario,
  stack: Stack,
  signal: AbortSignal,
  tell: (problem: ReturnType<typeof recordOf>) => void,
): Promise<Run | undefined> {
  try {
    return await openRun(scenario, stack, signal);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell(recordOf(error));
    return undefined;
  }
}

/** The first death that nobody asked for, as the problem that it is. */
function watchDeaths(stack: Stack) {
  const controller = new AbortController();
  let problem: ReturnType<typeof recordOf> | undefined;
  const off = stack.onDeath(({ name, exit, lastLines }) => {
    const last = lastLines.at(-1);
    problem ??= {
      code: 'instance-died',
      message: `${name} died and nobody had asked it to: ${exit}.`,
      ...(last === undefined ? {} : { hint: `Its last line was: ${last}` }),
      exit: 3,
    };
    controller.abort(new Error('an instance died'));
  });
  return {
    signal: controller.signal,
    get problem() {
      return problem;
    },
    [Symbol.dispose]: off,
  };
}

const timedOut = ({ timeoutMs }: Scenario) => ({
  code: 'timed-out',
  message: `The scenario has used up its ${inWords(timeoutMs)}.`,
  hint: 'The header "timeout" gives it more.',
  exit: 1,
});

const touchedNothing = (from: string, to: string) => ({
  code: 'touched-nothing',
  message: `The cut between ${from} and ${to} has met nothing, so it has tested nothing.`,
  exit: 4,
});

const wasToFail = (reason: string) => ({
  code: 'was-to-fail',
  message: `This scenario was expected to fail (${reason}), and it did not.`,
  hint: 'If it is mended, take "fails" out of the file.',
  exit: 1,
});
