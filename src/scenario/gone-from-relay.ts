import { isOfRelay } from './reserved.ts';
import type { StepContext } from './step-context.ts';

const noticedWithinMs = 2000;

/**
 * Waits until the relay has noticed that a user's connection is gone, and `isGone` agrees. A courtesy to the next step,
 * not a check: whoever is slow to notice is no failure, and a relay that does not run notices nothing.
 */
export async function goneFromRelay(
  who: string,
  { stack, waker, signal }: StepContext,
  isGone: () => Promise<boolean> = async () => true,
): Promise<void> {
  await waker.until(noticedWithinMs, signal, async () => {
    const { by } = await stack.census();
    const isHeld = [...by].some(
      ([name, census]) => isOfRelay(name) && census?.links.some(({ user }) => user === who),
    );
    return isHeld || !(await isGone()) ? undefined : 'noticed';
  });
}
