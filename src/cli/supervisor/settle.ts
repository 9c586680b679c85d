import { Problem } from '../../problem.ts';
import { openUserApi } from '../../scenario/actor.ts';
import { awaitRest } from '../../scenario/await-rest.ts';
import { Waker } from '../../scenario/waker.ts';
import type { Stack } from '../../stack/stack.ts';
import type { ControlAnswer } from './control-frames.ts';

/**
 * Resolves when nothing is under way any more, with the proof.
 * @throws Problem with what is still under way after `withinMs`, or will stay so as things stand
 */
export async function settle(stack: Stack, withinMs: number, signal: AbortSignal): Promise<ControlAnswer> {
  using waker = new Waker((wake) => stack.journal.subscribe(wake));
  const actors = stack.users.map((user) => ({
    user,
    api: openUserApi(stack, user, signal),
    page: { got: undefined },
  }));
  const rest = await awaitRest({ stack, actors, waker, signal, healing: () => false }, withinMs);
  if (rest.is !== 'quiet') throw notQuiet(rest.because);
  return { text: rest.proof };
}

const notQuiet = (because: string) =>
  new Problem({ code: 'not-quiet', message: `It is not quiet: ${because}.`, exit: 1 });
