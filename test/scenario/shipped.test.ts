import { afterAll, expect, test, vi } from 'vitest';
import { hasRedis, redisServer } from '../relay/redis-rig.ts';
import { requirement } from '../rig/requirement.ts';
import { scenarioOf, yamlFiles } from './fixtures.ts';
import { play, realPool } from './rig.ts';

// The first stack of a file loads everything from its sources, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

test.for(yamlFiles('scenarios'))('$name comes true on a real stack', async ({ file, text }, context) => {
  const scenario = scenarioOf(text, file);
  if (scenario.relays > 1) requirement(context, redisServer, hasRedis() || undefined);
  const { verdict, said } = await play(scenario, pool);
  expect(said).toBe('');
  expect(verdict).toMatchObject({ outcome: 'passed', exit: 0, warnings: [] });
});
