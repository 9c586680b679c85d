import type { ProblemRecord } from '../protocol/problem-record.ts';
import { pointAt, type Range } from './complaint.ts';
import type { Source } from './source.ts';

export type Outcome = 'passed' | 'failed' | 'inconclusive';

/** Something that did not come true, or that nobody can tell, with its place in the file. */
export interface Finding {
  readonly outcome: 'failed' | 'inconclusive';
  readonly problem: ProblemRecord;
  /** What was there instead, a line each. */
  readonly seen: readonly string[];
  readonly line: number;
  readonly column: number;
  /** For people: place, sentence, source line with squiggle, what was seen. */
  readonly text: string;
}

/** How a scenario ended. */
export interface Verdict {
  readonly name: string;
  readonly file: string;
  readonly outcome: Outcome;
  /** What a command exits with: 0, 1 failed, 3 the stack failed, 4 inconclusive. */
  readonly exit: 0 | 1 | 3 | 4;
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
  /** What nobody could look at after the last step, a line each: it did not fail, and it did not pass. */
  readonly notChecked: readonly string[];
  /** Why it was expected to fail. */
  readonly expectedToFail: string | undefined;
  /** With it in the header, chance falls the same way again; undefined where nothing was left to chance. */
  readonly seed: number | undefined;
  readonly ms: number;
}

/** Draws the conclusion. A scenario that is expected to fail passes by failing, unless it was the stack that failed. */
export function judge(
  findings: readonly Finding[],
  expectedToFail: string | undefined,
  unexpectedlyPassed: () => Finding,
): Pick<Verdict, 'outcome' | 'exit' | 'findings'> {
  if (findings.some(({ problem }) => problem.exit === 3)) return { outcome: 'failed', exit: 3, findings };
  const isFailed = findings.some(({ outcome }) => outcome === 'failed');
  if (expectedToFail !== undefined && isFailed) return { outcome: 'passed', exit: 0, findings };
  if (isFailed) return { outcome: 'failed', exit: 1, findings };
  if (findings.length > 0) return { outcome: 'inconclusive', exit: 4, findings };
  if (expectedToFail !== undefined) return { outcome: 'failed', exit: 1, findings: [unexpectedlyPassed()] };
  return { outcome: 'passed', exit: 0, findings };
}

export function findingAt(
  source: Source,
  range: Range,
  outcome: 'failed' | 'inconclusive',
  problem: ProblemRecord,
  seen: readonly string[] = [],
): Finding {
  const { line, column } = source.at(range.start);
  const head = `${source.file}:${line}:${column} ${outcome === 'inconclusive' ? 'inconclusive: ' : ''}${problem.message}`;
  const hint = problem.hint === undefined ? [] : [`  ${problem.hint}`];
  const text = [head, ...pointAt(source, range), ...seen.map((one) => `  ${one}`), ...hint].join('\n');
  return { outcome, problem, seen, line, column, text };
}
