import type { ProblemRecord } from '../protocol/problem-record.ts';
import type { Stack } from '../stack/stack.ts';

/** The first death of an instance that nobody asked for. */
export interface DeathWatch extends Disposable {
  readonly signal: AbortSignal;
  readonly problem: ProblemRecord | undefined;
}

export function watchDeaths(stack: Stack): DeathWatch {
  const controller = new AbortController();
  let problem: ProblemRecord | undefined;
  const off = stack.onDeath(({ name, exit, lastLines }) => {
    const last = lastLines.at(-1);
    problem ??= {
      code: 'instance-died',
      message: `${name} died and nobody had asked it to: ${exit}.`,
      ...(last !== undefined && { hint: `Its last line was: ${last}` }),
      exit: 3,
    };
    controller.abort(new Error(`${name} died`));
  });
  return {
    signal: controller.signal,
    get problem() {
      return problem;
    },
    [Symbol.dispose]: off,
  };
}
