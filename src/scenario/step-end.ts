import type { ProblemRecord } from '../protocol/problem-record.ts';

/** How one step ended, as plain data. `proof` says on what a verdict about absence rests. */
export type StepEnd =
  | { readonly outcome: 'passed'; readonly proof?: string | undefined; readonly value?: unknown }
  | { readonly outcome: 'failed'; readonly problem: ProblemRecord; readonly seen: readonly string[] }
  | { readonly outcome: 'inconclusive'; readonly problem: ProblemRecord; readonly seen: readonly string[] };

export const passed = (value?: unknown, proof?: string): StepEnd => ({ outcome: 'passed', value, proof });

/** What was expected did not come true; `seen` are lines about what was there instead. */
export const failed = (
  code: string,
  message: string,
  seen: readonly string[] = [],
  hint?: string,
): StepEnd => ({
  outcome: 'failed',
  problem: { code, message, ...(hint === undefined ? {} : { hint }), exit: 1 },
  seen,
});

/** Nobody can tell whether it came true. */
export const inconclusive = (code: string, message: string, hint?: string): StepEnd => ({
  outcome: 'inconclusive',
  problem: { code, message, ...(hint === undefined ? {} : { hint }), exit: 4 },
  seen: [],
});

/** One end of what several users did at once: the worst of them, with everything that was said. */
export function together(ends: readonly StepEnd[]): StepEnd {
  const worst = ['failed', 'inconclusive'] as const;
  for (const outcome of worst) {
    const bad = ends.filter((end) => end.outcome !== 'passed' && end.outcome === outcome);
    const [first, ...others] = bad;
    if (!first || first.outcome === 'passed') continue;
    const rest = others.flatMap((end) =>
      end.outcome === 'passed' ? [] : [end.problem.message, ...end.seen],
    );
    return { ...first, seen: [...first.seen, ...rest] };
  }
  const proofs = ends.flatMap((end) =>
    end.outcome === 'passed' && end.proof !== undefined ? [end.proof] : [],
  );
  const [first] = ends;
  return passed(
    first?.outcome === 'passed' ? first.value : undefined,
    proofs.length === 0 ? undefined : [...new Set(proofs)].join('; '),
  );
}
