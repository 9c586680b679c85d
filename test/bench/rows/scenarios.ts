import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { median, summary } from '../paired.ts';
import type { Row } from '../row.ts';
import { bin } from '../servers/relays.ts';

const run = promisify(execFile);

const testReport = z.object({ scenarios: z.array(z.object({ file: z.string(), ms: z.number() })) });

const fixtures = join(import.meta.dirname, '../../../fixtures/scenarios');

/** One `test` over all shipped scenarios, in warm processes: how long each took, as its JSON says. */
async function scenarioMs(): Promise<readonly { readonly file: string; readonly ms: number }[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'collab-dev-bench-'));
  const names = (await readdir(fixtures)).filter((name) => name.endsWith('.yaml'));
  const files = names.map((name) => join(fixtures, name));
  const { stdout } = await run(process.execPath, [bin, 'test', '--format', 'json', ...files], { cwd });
  await rm(cwd, { recursive: true, force: true });
  return testReport.parse(JSON.parse(stdout)).scenarios;
}

/**
 * What one more scenario adds to a `test`: the median over the shipped ones of one run, the first left out, because
 * the processes start with it. Scenarios that wait for time to pass by their own wish are in it.
 */
export const scenarios: Row = async ({ rounds, say }) => {
  const what = 'one more scenario in test';
  say(what);
  const medians: number[] = [];
  let last: Awaited<ReturnType<typeof scenarioMs>> = [];
  for (let round = 0; round <= Math.ceil(rounds / 2); round += 1) {
    last = await scenarioMs();
    if (round > 0) medians.push(median(last.slice(1).map(({ ms }) => ms)));
  }
  const [slowest] = [...last].sort((a, b) => b.ms - a.ms);
  return [
    {
      what,
      aim: 250,
      unit: 'ms',
      ratios: summary(medians),
      behind: `${last.length} of them, the slowest ${slowest?.ms.toFixed(0)} ms`,
      doubts: [],
    },
  ];
};
