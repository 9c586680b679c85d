import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import { launchOptions, type RunWish } from './attend-run.ts';
import type { CommandContext } from './commands/command.ts';
import { runsWithSocket } from './live-runs.ts';
import { reachRun } from './reach-run.ts';
import { brokenBy, scenarioFolder } from './run-tests.ts';
import type { PlayState } from './supervisor/control-frames.ts';
import { errorOf } from './supervisor/failure.ts';
import { launchSupervisor, supervisorDied, tail } from './supervisor/launch.ts';
import { verdictOf } from './supervisor/verdict-frame.ts';
import { takeDown } from './take-down.ts';
import type { TestResult } from './test-report.ts';

export interface KeptTests {
  readonly context: CommandContext;
  readonly scenarios: readonly Scenario[];
  readonly run: RunFolder;
  /** What a run of one file is made of, by its name. */
  readonly settings: Omit<RunWish, 'play' | 'mode' | 'stay'>;
  readonly strict: boolean;
  readonly signal: AbortSignal;
  /** Why a scenario is not played here; undefined where it is. */
  readonly skip: (scenario: Scenario) => string | undefined;
  /** Told of the one stack that stays up. */
  readonly onKept: (run: string) => void;
}

type Ended = Extract<PlayState, { state: 'ended' }>;

/**
 * Plays scenarios one after another, each on a stack with a supervisor of its own that could go on without us, and ends
 * at the first that does not pass: that very stack stays up.
 */
export async function* keepTests(options: KeptTests): AsyncGenerator<TestResult> {
  for (const [index, scenario] of options.scenarios.entries()) {
    const { name, source } = scenario;
    const reason = options.skip(scenario);
    if (reason !== undefined) {
      yield { is: 'skipped', name, file: source.file, reason };
      continue;
    }
    const part = scenarioFolder(index, scenario);
    const one = { id: `${options.run.id}/${part}`, path: join(options.run.path, part) };
    const started = performance.now();
    let result: TestResult;
    try {
      const ended = await playOn(one, scenario, options);
      result = { is: 'judged', verdict: verdictOf(ended.details) };
      if (ended.verdict !== 'passed') options.onKept(one.id);
    } catch (thrown) {
      options.signal.throwIfAborted();
      result = brokenBy(thrown, scenario, started);
    }
    yield result;
    if (result.is !== 'judged' || result.verdict.outcome !== 'passed') return;
  }
}

/** Plays one to its verdict. Its stack is up afterwards where it did not pass, and nothing of it otherwise. */
async function playOn(run: RunFolder, scenario: Scenario, options: KeptTests): Promise<Ended> {
  const { context, settings, strict, signal } = options;
  await mkdir(run.path, { mode: 0o700 });
  const launched = await launchSupervisor({
    ...launchOptions(context, run, {
      ...settings,
      mode: 'replay',
      stay: true,
      detached: true,
      play: { file: scenario.source.file, pace_ms: 0, by_key: false, strict },
    }),
    folder: run.path,
  });
  const verdict = Promise.withResolvers<Ended>();
  const down = async (): Promise<void> => {
    const live = (await runsWithSocket(context.cwd)).find(({ id }) => id === run.id);
    if (live) await takeDown(live);
  };
  try {
    await using reached = await reachRun(run, {
      onSnapshot({ play }) {
        if (play?.state === 'ended') verdict.resolve(play);
      },
    });
    const aborted = new Promise<undefined>((resolve) =>
      signal.addEventListener('abort', () => resolve(undefined), { once: true }),
    );
    const ended = await Promise.race([verdict.promise, reached.closed, aborted]);
    signal.throwIfAborted();
    if (!ended) {
      await launched.ended(goneWithinMs);
      const { failure } = reached.snapshot;
      throw failure ? errorOf(failure) : supervisorDied(launched.log, await tail(launched.log));
    }
    if (ended.verdict === 'passed') await down();
    return ended;
  } catch (thrown) {
    await down().catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
    });
    throw thrown;
  }
}

/** Between a supervisor's last word and the end of its process. */
const goneWithinMs = 10_000;
