import { afterAll, expect, test, vi } from 'vitest';
import { scenarioOf, yamlFiles } from './fixtures.ts';
import { play, realPool } from './rig.ts';

// The first stack of a file loads everything from its sources, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

test.each(yamlFiles('scenarios'))('$name comes true on a real stack', async ({ file, text }) => {
  const { verdict, said } = await play(scenarioOf(text, file), pool);
  expect(said).toBe('');
  expect(verdict).toMatchObject({ outcome: 'passed', exit: 0, warnings: [] });
});
