import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type RunOptions, runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { toStackConfig } from '../../src/scenario/stack-needs.ts';
import type { StepEvent } from '../../src/scenario/step-event.ts';
import type { Verdict } from '../../src/scenario/verdict.ts';
import { createPool, type ProcessPool } from '../../src/stack/pool.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { startStack } from '../../src/stack/start-stack.ts';

const src = join(import.meta.dirname, '../../src');

/** Real relays, links and backends from the sources, used again for one scenario after another. */
export const realPool = (): ProcessPool =>
  createPool({
    // Where redis-server is.
    environment: { PATH: process.env.PATH },
    files: {
      relay: join(src, 'relay/main.ts'),
      backend: join(src, 'backend/main.ts'),
      links: join(src, 'stack/links/main.ts'),
      pages: join(src, 'frontend/host/main.ts'),
    },
  });

export interface Played {
  readonly verdict: Verdict;
  readonly events: readonly StepEvent[];
  /** The texts of all findings, as a terminal would show them. */
  readonly said: string;
}

/** Plays a scenario on a stack of its own. `meddle` gets the running stack once, before the first step. */
export async function play(
  scenario: Scenario,
  pool: ProcessPool,
  options: Partial<RunOptions> = {},
  meddle: (stack: Stack) => void = () => {},
): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  try {
    await using stack = await startStack(
      { ...toStackConfig(scenario), ports: 'auto', runId: 'test', folder, links: true },
      { pool },
    );
    meddle(stack);
    return await playOn(scenario, stack, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Plays a scenario on a stack that runs already. */
export async function playOn(
  scenario: Scenario,
  stack: Stack,
  options: Partial<RunOptions> = {},
): Promise<Played> {
  const events: StepEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of runScenario(scenario, { stack, signal, ...options })) events.push(event);
  const last = events.at(-1);
  if (last?.type !== 'scenario_ended') throw new Error('a run ends with its verdict');
  const { verdict } = last;
  return { verdict, events, said: verdict.findings.map(({ text }) => text).join('\n') };
}
