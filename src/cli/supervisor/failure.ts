import { problemOf } from '../../host/problems.ts';
import { Problem } from '../../problem.ts';
import { fromRecord } from '../../stack/problems.ts';
import type { Failure } from './control-frames.ts';

/** Whatever was thrown, made fit to cross the control socket. */
export function failureOf(thrown: unknown): Failure {
  const bug = !(thrown instanceof Problem);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return { problem: problemOf(thrown), bug, ...(bug && stack && { stack }) };
}

/** The other way: what the CLI throws about it. */
export function errorOf({ problem, bug, stack }: Failure): Error {
  if (!bug) return fromRecord(problem);
  const error = new Error(problem.message);
  if (stack) error.stack = stack;
  return error;
}
