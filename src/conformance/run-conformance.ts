import { type BenchOptions, openBench } from './bench/open-bench.ts';
import type { Check } from './check.ts';
import { checks } from './checks/index.ts';
import { type Report, reportOf } from './report.ts';
import { type Checked, runChecks } from './run-checks.ts';

export interface ConformanceOptions extends BenchOptions {
  /** Only checks whose id begins so; none: all. */
  readonly only: readonly string[];
  readonly onChecked: (checked: Checked) => void;
}

/** The checks that some prefixes name. */
export const chosen = (only: readonly string[]): readonly Check[] =>
  only.length === 0 ? checks : checks.filter(({ id }) => only.some((prefix) => id.startsWith(prefix)));

/** Holds one backend against the contract. Rejects with a Problem where it cannot be started or reached. */
export async function runConformance(options: ConformanceOptions): Promise<Report> {
  await using bench = await openBench(options);
  const planned = chosen(options.only);
  const checked = await runChecks(planned, bench, options.onChecked, options.signal);
  return reportOf(options.user, checked, { planned: planned.length, known: checks.length });
}
