import { messageOf, Problem } from '../problem.ts';
import type { Run } from './open-run.ts';
import type { Body, BoundStep } from './parse-step.ts';
import { recordOf } from './run-problems.ts';
import type { Scenario } from './scenario.ts';
import { inconclusive, type StepEnd } from './step-end.ts';

/**
 * Runs one step and names what came of it. A Problem is a failure that its reader can act on; anything else that is
 * thrown is a bug, unless the signal has stopped the step.
 */
export async function playStep(
  step: BoundStep,
  scenario: Scenario,
  run: Run,
  signal: AbortSignal,
): Promise<StepEnd> {
  const { as, kind } = step;
  const context = run.context(signal, step.range);
  // What an act sets off comes after its mark; what an expectation has found lies before it.
  const mark = async (when: boolean) => {
    if (as !== undefined && scenario.marked.has(as) && when) await run.mark(as);
  };
  return named(signal, async () => {
    await mark(kind !== 'expectation');
    const end = await step.run(context);
    if (as !== undefined && end.outcome === 'passed') context.names.as(as, end.value);
    await mark(kind === 'expectation');
    return end;
  });
}

/** Ends a block, whatever has become of the steps in it. */
export async function leaveBlock(
  { leave }: Body,
  begun: StepEnd,
  run: Run,
  signal: AbortSignal,
): Promise<StepEnd> {
  return leave ? named(signal, () => leave(begun, run.context(signal))) : begun;
}

async function named(signal: AbortSignal, task: () => Promise<StepEnd>): Promise<StepEnd> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof Problem) return { outcome: 'failed', problem: recordOf(error), seen: [] };
    if (!signal.aborted) throw error;
    return inconclusive('stopped', messageOf(error));
  }
}
