import { z } from 'zod';
import { problemRecord } from '../../protocol/problem-record.ts';
import type { Verdict } from '../../scenario/verdict.ts';

const outcome = z.enum(['passed', 'failed', 'inconclusive']);

/** A verdict as it crosses the control socket: all of it, for reports. */
export const verdictFrame = z.object({
  name: z.string(),
  file: z.string(),
  outcome,
  exit: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal(4)]),
  findings: z.array(
    z.object({
      outcome: z.enum(['failed', 'inconclusive']),
      problem: problemRecord,
      seen: z.array(z.string()),
      line: z.int(),
      column: z.int(),
      text: z.string(),
    }),
  ),
  warnings: z.array(z.string()),
  notChecked: z.array(z.string()),
  expectedToFail: z.string().optional(),
  seed: z.int().optional(),
  ms: z.number(),
});
export type VerdictFrame = z.infer<typeof verdictFrame>;

/** JSON knows no undefined: what is absent there is said here. */
export const verdictOf = (frame: VerdictFrame): Verdict => ({
  ...frame,
  expectedToFail: frame.expectedToFail,
  seed: frame.seed,
});

export const frameOf = ({
  findings,
  warnings,
  notChecked,
  expectedToFail,
  seed,
  ...rest
}: Verdict): VerdictFrame => ({
  ...rest,
  findings: findings.map((finding) => ({ ...finding, seen: [...finding.seen] })),
  warnings: [...warnings],
  notChecked: [...notChecked],
  ...(expectedToFail !== undefined && { expectedToFail }),
  ...(seed !== undefined && { seed }),
});
