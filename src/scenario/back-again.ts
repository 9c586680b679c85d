import type { Instance, Stack } from '../stack/stack.ts';
import type { StepContext } from './step-context.ts';
import { passed, type StepEnd } from './step-end.ts';

const pageWithinMs = 10_000;

const isIn = (state: Instance['state']) => (name: string, stack: Stack) =>
  stack.instances().some((instance) => instance.name === name && instance.state === state);

export const isUp = isIn('ready');
export const isPaused = isIn('paused');

/** After a start the user's page is back too, so that a `sees` misses nothing that comes from now on. */
export async function backAgain(who: string, context: StepContext): Promise<StepEnd> {
  const user = context.users.find((user) => user === who);
  if (user) await context.actor(user).page.connected(pageWithinMs, context.signal);
  return passed();
}
