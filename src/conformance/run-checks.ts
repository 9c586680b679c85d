import type { OpenBench } from './bench/open-bench.ts';
import { Blocked, Broken, type Check, type Contradiction, NotOffered } from './check.ts';

/** What is known of one sentence after its check. */
export type Result =
  | { readonly is: 'kept' }
  | { readonly is: 'broken'; readonly contradiction: Contradiction }
  /** `blocked`: something that it builds on does not work. Else this bench cannot look at it. */
  | { readonly is: 'not-checked'; readonly why: string; readonly blocked: boolean }
  /** An optional route that is not there. */
  | { readonly is: 'not-offered' };

export interface Checked {
  readonly check: Check;
  readonly result: Result;
  readonly ms: number;
}

/** Runs one check after the other until the signal; what one has left behind does not reach the next. */
export async function runChecks(
  checks: readonly Check[],
  bench: OpenBench,
  onChecked: (checked: Checked) => void,
  signal: AbortSignal,
): Promise<Checked[]> {
  const all: Checked[] = [];
  const stopped = new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  for (const check of checks) {
    if (signal.aborted) break;
    const began = performance.now();
    const result = await Promise.race([resultOf(check, bench), stopped]);
    if (result === undefined) break;
    const checked = { check, result, ms: Math.round(performance.now() - began) };
    bench.settle();
    all.push(checked);
    onChecked(checked);
  }
  return all;
}

async function resultOf(check: Check, bench: OpenBench): Promise<Result> {
  const missing = check.needs?.(bench);
  if (missing !== undefined) return { is: 'not-checked', why: missing, blocked: false };
  if (!(await bench.comesOnline())) {
    const why = bench.life?.exit
      ? `the backend ended (${bench.life.exit})`
      : 'the backend is not connected to the relay any more';
    return { is: 'not-checked', why, blocked: true };
  }
  try {
    await check.run(bench);
    return { is: 'kept' };
  } catch (error) {
    if (error instanceof Broken) return { is: 'broken', contradiction: error.contradiction };
    if (error instanceof Blocked) return { is: 'not-checked', why: error.message, blocked: true };
    if (error instanceof NotOffered) return { is: 'not-offered' };
    throw error;
  }
}
