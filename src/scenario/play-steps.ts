import type { Stack } from '../stack/stack.ts';
import { merged } from './merged.ts';
import type { Run } from './open-run.ts';
import type { Body, BoundStep } from './parse-step.ts';
import { leaveBlock, playStep } from './play-step.ts';
import { timedOut } from './run-problems.ts';
import type { Scenario } from './scenario.ts';
import type { StepEnd } from './step-end.ts';
import { broughtBy, proofOf, type ShownStep, type StepEvent } from './step-event.ts';
import { type Finding, findingAt, type Outcome } from './verdict.ts';
import type { DeathWatch } from './watch-deaths.ts';

/** Called before a step, for a reading pace or a key. */
export type Pace = (next: { readonly line: number; readonly text: string }) => Promise<void>;

/** What the steps of one scenario share while they are played. */
export interface Playing {
  readonly scenario: Scenario;
  readonly run: Run;
  readonly deaths: DeathWatch;
  readonly stack: Stack;
  readonly signal: AbortSignal;
  readonly pace: Pace | undefined;
  /** Takes what did not come true. */
  readonly found: Finding[];
}

/** Where a step stands: what of the scenario's time is spent, and what it stands in. */
interface Place {
  readonly clock: { spentMs: number };
  readonly depth: number;
  /** ` (2 of 3)` in a block that is repeated. */
  readonly round: string;
  readonly pace: Pace | undefined;
}

/** What became of some steps; `stops`: nothing after them is played. */
interface Played {
  readonly outcome: Outcome;
  readonly stops: boolean;
}

const nothingYet: Played = { outcome: 'passed', stops: false };
const ranks: readonly Outcome[] = ['passed', 'inconclusive', 'failed'];
const join = (one: Played, other: Played): Played => ({
  outcome: ranks.indexOf(one.outcome) < ranks.indexOf(other.outcome) ? other.outcome : one.outcome,
  stops: one.stops || other.stops,
});

/** How many steps will be played if nothing stops them, blocks and what stands in them. */
export const countSteps = (steps: readonly BoundStep[]): number =>
  steps.reduce((sum, { body }) => sum + 1 + (body ? body.times * countSteps(body.steps) : 0), 0);

/**
 * Plays the steps of a scenario and yields what happens; everything that was found is in `found`. Returns whether all
 * were played.
 */
export async function* playSteps(
  steps: readonly BoundStep[],
  playing: Playing,
): AsyncGenerator<StepEvent, boolean> {
  const { stops } = yield* inTurn(steps, playing, {
    clock: { spentMs: 0 },
    depth: 0,
    round: '',
    pace: playing.pace,
  });
  return !stops;
}

async function* inTurn(
  steps: readonly BoundStep[],
  playing: Playing,
  place: Place,
): AsyncGenerator<StepEvent, Played> {
  let played = nothingYet;
  for (const step of steps) {
    played = join(played, yield* playOne(step, playing, place));
    if (played.stops) break;
  }
  return played;
}

/** Each has the whole time that is left; the longest counts. */
async function* atOnce(
  steps: readonly BoundStep[],
  playing: Playing,
  place: Place,
): AsyncGenerator<StepEvent, Played> {
  const beside = steps.map((step) => {
    const clock = { ...place.clock };
    return { clock, steps: playOne(step, playing, { ...place, clock, pace: undefined }) };
  });
  const played = yield* merged(
    beside.map((one) => one.steps),
    nothingYet,
  );
  place.clock.spentMs = Math.max(place.clock.spentMs, ...beside.map(({ clock }) => clock.spentMs));
  return played.reduce(join, nothingYet);
}

async function* playOne(step: BoundStep, playing: Playing, place: Place): AsyncGenerator<StepEvent, Played> {
  const { scenario, stack, signal, found } = playing;
  const { source } = scenario;
  const { body } = step;
  const shown: ShownStep = {
    line: source.at(step.range.start).line,
    text: `${step.text}${place.round}`,
    depth: place.depth,
    block: body !== undefined,
  };
  const { line, text } = shown;
  const tell = {
    type: 'scenario_step',
    file: source.file,
    line,
    text,
    ...(place.depth > 0 && { depth: place.depth }),
    ...(body && { block: true as const }),
  } as const;
  await place.pace?.({ line, text });
  stack.journal.tell({ ...tell, state: 'started' });
  yield { type: 'step_started', ...shown };

  const began = performance.now();
  const first = await inTime(playing, place, (signal) => playStep(step, scenario, playing.run, signal));
  let { end } = first;
  let inside = nothingYet;
  if (body && end.outcome === 'passed') {
    const begun = end;
    inside = yield* playBody(body, playing, place);
    const left = await leaveBlock(body, begun, playing.run, signal);
    // Where the scenario stops, its first failure says enough.
    if (!inside.stops) end = left;
  }
  const ms = performance.now() - began;
  const { interrupted } = first;
  const finding =
    end.outcome === 'passed' ? undefined : findingAt(source, step.range, end.outcome, end.problem, end.seen);
  // An act without an answer is looked up in the end; only what it was to name is missing for good.
  const goesOn =
    finding?.problem.code === 'act-unknown' ? step.as === undefined : step.kind === 'expectation';
  const own: Played = {
    outcome: finding?.outcome ?? 'passed',
    stops: finding !== undefined && (interrupted || !goesOn || step.must),
  };
  const played = join(own, inside);
  const { outcome } = played;
  stack.journal.tell({ ...tell, state: outcome, ms, ...(finding && { problem: finding.problem }) });
  if (finding) found.push(finding);
  yield { type: 'step_ended', ...shown, outcome, ms, proof: proofOf(end), finding, value: broughtBy(end) };
  return played;
}

async function* playBody(body: Body, playing: Playing, place: Place): AsyncGenerator<StepEvent, Played> {
  const { steps, times } = body;
  let played = nothingYet;
  for (let n = 1; n <= times && !played.stops; n += 1) {
    const round = times > 1 ? `${place.round} (${n} of ${times})` : place.round;
    const inner = { ...place, depth: place.depth + 1, round };
    played = join(played, yield* body.atOnce ? atOnce(steps, playing, inner) : inTurn(steps, playing, inner));
  }
  return played;
}

/** Lets something have the time that is left. What it made of being interrupted is not worth saying. */
async function inTime(
  { scenario, signal, deaths }: Playing,
  { clock }: Place,
  task: (signal: AbortSignal) => Promise<StepEnd>,
): Promise<{ readonly end: StepEnd; readonly interrupted: boolean }> {
  const began = performance.now();
  const late = AbortSignal.timeout(Math.max(1, Math.round(scenario.timeoutMs - clock.spentMs)));
  const end = await task(AbortSignal.any([signal, deaths.signal, late]));
  signal.throwIfAborted();
  clock.spentMs += performance.now() - began;
  const problem = deaths.problem ?? (late.aborted ? timedOut(scenario.timeoutMs) : undefined);
  return problem
    ? { end: { outcome: 'failed', problem, seen: [] }, interrupted: true }
    : { end, interrupted: false };
}
