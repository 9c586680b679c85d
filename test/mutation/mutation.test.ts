import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findingNames } from '../../src/scenario/oracle/finding.ts';
import type { RunOptions } from '../../src/scenario/run.ts';
import { createPool, type ProcessPool } from '../../src/stack/pool.ts';
import { scenarioOf } from '../scenario/fixtures.ts';
import { play } from '../scenario/rig.ts';
import { temporaryFolder } from '../stack/rig.ts';
import { buildMutant } from './build.ts';
import { mixedPool } from './mixed-pool.ts';
import { type Mutant, mutants } from './mutants.ts';

const pool = createPool();
afterAll(() => pool[Symbol.asyncDispose]());

const findings: readonly string[] = findingNames;

function playMutant({ steps, friends = '[[alice, bob]]', beside }: Mutant, on: ProcessPool) {
  const isThere = (name: string) => name !== 'carol' || steps.some((step) => step.includes(name));
  const users = ['alice', 'bob', 'carol'].filter(isThere).join(', ');
  const lines = [
    'scenario: x',
    `users: [${users}]`,
    `friends: ${friends}`,
    'positions: { alice: [berlin-calls] }',
    'unexpected: ignore',
    'steps:',
    ...steps.map((step) => `  - ${step}`),
  ];
  const story = scenarioOf(lines.join('\n'));
  let pace: RunOptions['pace'];
  return play(story, on, { pace: async (step) => pace?.(step) }, (stack) => {
    pace = beside?.(stack);
  });
}

test.each(mutants.map((mutant) => [mutant.broken, mutant.caughtAs, mutant] as const))(
  '%s: caught as %s, and without it everything is as it should be',
  async (_broken, caughtAs, mutant) => {
    const { said } = await playMutant(mutant, pool);
    expect(said).toBe('');

    await using folder = await temporaryFolder();
    await using broken = mixedPool(pool, mutant.role, await buildMutant(mutant.role, mutant, folder.path));
    const { verdict } = await playMutant(mutant, broken);
    const codes = verdict.findings.map(({ problem }) => problem.code);
    expect(codes).toContain(caughtAs);
    // It is the oracle that noticed: every step came true.
    expect(codes.filter((code) => !findings.includes(code))).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'failed', exit: 1 });
  },
  180_000,
);

test('CONTRIBUTING names every mutant and what catches it', () => {
  const text = readFileSync(join(import.meta.dirname, '../../CONTRIBUTING.md'), 'utf8');
  for (const { broken, module, caughtAs } of mutants) {
    expect(text).toContain(`| ${broken} | \`${module}\` | \`${caughtAs}\` |`);
  }
});
