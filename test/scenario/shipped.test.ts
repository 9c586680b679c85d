import { afterAll, expect, test } from 'vitest';
import { scenarioOf, yamlFiles } from './fixtures.ts';
import { play, realPool } from './rig.ts';

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

test.each(yamlFiles('scenarios'))('$name comes true on a real stack', async ({ file, text }) => {
  const { verdict, said } = await play(scenarioOf(text, file), pool);
  expect(said).toBe('');
  expect(verdict).toMatchObject({ outcome: 'passed', exit: 0, warnings: [] });
});
