import { messageOf, Problem } from '../problem.ts';
import type { ProblemRecord } from '../protocol/problem-record.ts';
import type { FaultInForce } from '../stack/stack.ts';
import { inWords } from './duration.ts';

/** A Problem as plain data, with its cause in the sentence. */
export function recordOf({ code, message, hint, exit, cause }: Problem): ProblemRecord {
  const because = cause === undefined || message.includes(messageOf(cause)) ? '' : ` (${messageOf(cause)})`;
  return { code, message: `${message}${because}`, ...(hint !== undefined && { hint }), exit };
}

/** Throws on what is no Problem: a bug. */
export function problemRecordOf(thrown: unknown): ProblemRecord {
  if (thrown instanceof Problem) return recordOf(thrown);
  throw thrown;
}

export const timedOut = (timeoutMs: number): ProblemRecord => ({
  code: 'timed-out',
  message: `The scenario has used up its ${inWords(timeoutMs)}.`,
  hint: 'The header "timeout" gives it more.',
  exit: 1,
});

export const touchedNothing = ({ verb, from, to }: FaultInForce): ProblemRecord => ({
  code: 'touched-nothing',
  message: `The ${verb} between ${from} and ${to} has met nothing, so it has tested nothing.`,
  exit: 4,
});

export const notKnownUnclaimed = (because: string): ProblemRecord => ({
  code: 'not-quiet',
  message: `Nobody can tell whether more arrives that no step claims: ${because}.`,
  exit: 4,
});

export const notCarriedOut = (user: string, what: string): ProblemRecord => ({
  code: 'act-not-done',
  message: `${user}'s attempt to ${what} got no answer, and ${user}'s database shows that it was not carried out.`,
  exit: 1,
});

export const wasToFail = (reason: string): ProblemRecord => ({
  code: 'was-to-fail',
  message: `This scenario was expected to fail (${reason}), and it did not.`,
  hint: 'If it is mended, take "fails" out of the file.',
  exit: 1,
});
