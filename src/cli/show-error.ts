import { Problem } from '../problem.ts';
import type { CommandExit } from './exit-codes.ts';

const reportTo = 'Please report it with the lines above and the output of "collab-dev config".';

/** What a person reads about whatever ended a command. A problem is a sentence and a hint; a bug shows its stack. */
export function describeError(thrown: unknown): { readonly text: string; readonly exit: CommandExit } {
  if (thrown instanceof Problem) {
    return { text: [thrown.message, ...(thrown.hint ? [thrown.hint] : [])].join('\n'), exit: thrown.exit };
  }
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { text: [`This is a bug of collab-dev.`, stack, reportTo].join('\n'), exit: 70 };
}
