import { Chalk } from 'chalk';
import type { Verdict } from '../scenario/verdict.ts';
import { type CommandExit, worstExit } from './exit-codes.ts';
import { verdictLines } from './verdict-lines.ts';

/** What became of one scenario of a test run. */
export type TestResult =
  | { readonly is: 'judged'; readonly verdict: Verdict }
  | { readonly is: 'skipped'; readonly name: string; readonly file: string; readonly reason: string }
  /** There is no verdict, because the stack did not start or we have a bug. */
  | {
      readonly is: 'broken';
      readonly name: string;
      readonly file: string;
      readonly exit: CommandExit;
      readonly text: string;
      readonly ms: number;
    };

export function exitOf(results: readonly TestResult[]): CommandExit {
  if (results.length === 0) return 5;
  return worstExit(
    results.map((result) => {
      if (result.is === 'skipped') return 0;
      return result.is === 'broken' ? result.exit : result.verdict.exit;
    }),
  );
}

type Mark = 'passed' | 'failed' | 'inconclusive' | 'skipped' | 'broken';

const markOf = (result: TestResult): Mark => (result.is === 'judged' ? result.verdict.outcome : result.is);

/** Writes a test run for people: a line a scenario, the failures in full, a summary. */
export function testReport(color: boolean) {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const marks: Readonly<Record<Mark, string>> = {
    passed: paint.green('✓'),
    failed: paint.red('✗'),
    broken: paint.red('✗'),
    inconclusive: paint.yellow('?'),
    skipped: paint.gray('-'),
  };

  function line(result: TestResult): string {
    const mark = marks[markOf(result)];
    if (result.is === 'skipped') return `${mark} ${result.name} ${paint.dim(`skipped: ${result.reason}`)}`;
    const { name, ms } = result.is === 'judged' ? result.verdict : result;
    return `${mark} ${name} ${paint.dim(`${Math.round(ms)} ms`)}`;
  }

  function details(result: TestResult): string[] {
    if (result.is === 'skipped') return [];
    const lines = result.is === 'broken' ? ['', ...result.text.split('\n')] : verdictLines(result.verdict);
    if (lines.length === 0) return [];
    const { name, file } = result.is === 'judged' ? result.verdict : result;
    return ['', `${marks[markOf(result)]} ${paint.bold(name)} ${paint.dim(file)}`, ...lines];
  }

  function summary(results: readonly TestResult[], ms: number): string {
    const count = (mark: Mark): number => results.filter((result) => markOf(result) === mark).length;
    const parts = [
      `${count('passed')} passed`,
      ...[
        [count('failed'), 'failed'] as const,
        [count('broken'), 'without a verdict'] as const,
        [count('inconclusive'), 'inconclusive'] as const,
        [count('skipped'), 'skipped'] as const,
      ].flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : [])),
    ];
    return `${parts.join(', ')} in ${(ms / 1000).toFixed(1)} s`;
  }

  return { line, details, summary };
}

/** The same for programs. */
export function testJson(runId: string, results: readonly TestResult[], ms: number, kept?: string) {
  return {
    run_id: runId,
    exit: exitOf(results),
    ms: Math.round(ms),
    ...(kept !== undefined && { kept }),
    scenarios: results.map((result) => {
      if (result.is !== 'judged') return { ...result, outcome: result.is };
      const { verdict } = result;
      return { ...verdict, findings: verdict.findings.map(({ text: _text, ...finding }) => finding) };
    }),
  };
}
