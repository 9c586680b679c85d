import { z } from 'zod';
import { messageOf, Problem } from '../problem.ts';
import type { ProblemRecord } from '../protocol/problem-record.ts';

export const invalidConfig = (error: z.ZodError): Problem =>
  new Problem({
    code: 'invalid-config',
    message: `The process was given settings that it does not understand: ${z.prettifyError(error)}`,
  });

export const unknownMessage = (error: z.ZodError): Problem =>
  new Problem({
    code: 'unknown-message',
    message: `The process was sent a message that it does not understand: ${z.prettifyError(error)}`,
  });

export const notServing = (what: string): Problem =>
  new Problem({
    code: 'not-serving',
    message: `The process was asked for "${what}" while it serves nothing.`,
  });

export const unableTo = (what: string): Problem =>
  new Problem({ code: 'unable', message: `What the process serves knows no "${what}".` });

/** What a supervisor is told about anything that was thrown. */
export function problemOf(thrown: unknown): ProblemRecord {
  if (!(thrown instanceof Problem)) return { code: 'internal', message: messageOf(thrown) };
  const { code, message, hint, exit } = thrown;
  return { code, message, exit, ...(hint && { hint }) };
}
