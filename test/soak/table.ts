import { z } from 'zod';
import { complaints, growthOf } from './run.ts';
import type { SoakReport } from './soak.ts';

const count = z.int().min(0);

/** What is kept of a seed that was soaked, as a line of a file: whoever was interrupted goes on behind it. */
export const row = z.object({
  seed: z.int(),
  /** What was asked for; a row of another soak says nothing about this one. */
  asked: count,
  events: count,
  acts: z.object({ done: count, refused: count, unknown: count }),
  faults: z.record(z.string(), count),
  resent: count,
  absorbed: count,
  findings: count,
  heap: z.number(),
  seconds: count,
});
export type Row = z.infer<typeof row>;

export function rowOf(seed: number, asked: number, report: SoakReport): Row {
  const { events, acts, faults, resent, absorbed, acted } = report;
  const findings = complaints(report).length;
  const seconds = Math.round(acted / 1000);
  return { seed, asked, events, acts, faults, resent, absorbed, findings, heap: growthOf(report), seconds };
}

const heads = ['seed', 'events', 'acts', 'faults', 'resent', 'absorbed', 'heap', 'findings', 'seconds'];

/** A table in Markdown; acts as done/refused/unanswered, faults with how many of each kind. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ seed, events, acts, faults, resent, absorbed, heap, findings, seconds }) => {
    const kinds = Object.entries(faults).toSorted(([one], [other]) => one.localeCompare(other));
    const all = kinds.reduce((sum, [, n]) => sum + n, 0);
    const each = kinds.map(([kind, n]) => `${kind} ${n}`).join(', ');
    return [
      seed,
      events,
      `${acts.done}/${acts.refused}/${acts.unknown}`,
      `${all} (${each})`,
      resent,
      absorbed,
      `×${heap.toFixed(2)}`,
      findings,
      seconds,
    ];
  });
  return [heads, heads.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
