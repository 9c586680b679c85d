import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Topology } from '../protocol/topology.ts';
import { runScenario } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import {
  noCommands,
  noPlaceFor,
  type StackCommands,
  topologyFor,
  toStackConfig,
} from '../scenario/stack-needs.ts';
import { senselessIn, senselessUnderTls, senselessWith } from '../scenario/topology-sense.ts';
import type { ChildEnvironment } from '../stack/child-process.ts';
import { createPool, type ProcessPool } from '../stack/pool.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import { startStack } from '../stack/start-stack.ts';
import { describeError } from './show-error.ts';
import type { TestResult } from './test-report.ts';

export interface TestRun {
  readonly scenarios: readonly Scenario[];
  readonly run: RunFolder;
  readonly environment: ChildEnvironment;
  readonly version: string;
  readonly signal: AbortSignal;
  /** New processes for each scenario. */
  readonly fresh: boolean;
  readonly strict: boolean;
  /** For scenarios that name none; absent: with a relay. */
  readonly topology?: Topology | undefined;
  /** Everything speaks TLS. */
  readonly tls?: boolean | undefined;
  /** The user's own commands. */
  readonly commands?: StackCommands | undefined;
  /** Ends after the first that did not pass. */
  readonly bail: boolean;
}

/** Plays scenarios one after another, each on a stack of its own on warm processes, and yields each result. */
export async function* runTests(options: TestRun): AsyncGenerator<TestResult> {
  const { scenarios, environment, fresh, bail } = options;
  await using pool = createPool({ environment, fresh });
  for (const [index, scenario] of scenarios.entries()) {
    const result = await playOne(scenario, index, pool, options);
    yield result;
    if (bail && !isFine(result)) return;
  }
}

/** Where one scenario of a run of tests is, below the folder of the run. */
export const scenarioFolder = (index: number, { source }: Scenario): string =>
  `${String(index + 1).padStart(2, '0')}-${basename(source.file).replace(/\..*$/, '')}`;

/** What became of a scenario that could not be judged. */
export function brokenBy(thrown: unknown, { name, source }: Scenario, started: number): TestResult {
  const { text, exit } = describeError(thrown);
  return { is: 'broken', name, file: source.file, exit, text, ms: performance.now() - started };
}

const isFine = (result: TestResult): boolean =>
  result.is === 'skipped' || (result.is === 'judged' && result.verdict.outcome === 'passed');

/** Why a scenario is not played with these settings; undefined where it is. */
export function whySkipped(
  scenario: Scenario,
  { topology: wanted, tls = false, commands = noCommands }: Pick<TestRun, 'topology' | 'tls' | 'commands'>,
): string | undefined {
  const topology = topologyFor(scenario, wanted);
  const { users } = toStackConfig(scenario, wanted, commands);
  const foreign = users.flatMap(({ name, backend }) => (backend ? [name] : []));
  return (
    scenario.skip ??
    senselessIn(scenario, topology) ??
    (tls ? senselessUnderTls(scenario) : undefined) ??
    noPlaceFor(scenario, commands, topology) ??
    senselessWith(scenario, foreign)
  );
}

async function playOne(
  scenario: Scenario,
  index: number,
  pool: ProcessPool,
  options: TestRun,
): Promise<TestResult> {
  const { name, source } = scenario;
  const { file } = source;
  const skip = whySkipped(scenario, options);
  if (skip !== undefined) return { is: 'skipped', name, file, reason: skip };
  const { run, signal, strict, version } = options;
  const needs = toStackConfig(scenario, options.topology, options.commands ?? noCommands);
  const started = performance.now();
  try {
    const folder = join(run.path, scenarioFolder(index, scenario));
    await mkdir(folder, { mode: 0o700 });
    const config = {
      ...needs,
      ports: 'auto',
      runId: run.id,
      folder,
      links: true,
      tls: options.tls ?? false,
    } as const;
    await using stack = await startStack(config, { pool, signal, version });
    for await (const event of runScenario(scenario, { stack, signal, strict })) {
      if (event.type === 'scenario_ended') return { is: 'judged', verdict: event.verdict };
    }
    throw new Error(`${file} ended without a verdict.`);
  } catch (thrown) {
    // Called off: there is nothing to say about this scenario.
    signal.throwIfAborted();
    return brokenBy(thrown, scenario, started);
  }
}
