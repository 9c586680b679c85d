import type { Instance, Stack } from '../stack/stack.ts';
import type { StepContext } from './step-context.ts';
import { passed, type StepEnd } from './step-end.ts';

const pageWithinMs = 10_000;

/** What a name stands for: `relay` for all of its nodes. */
const partsOf = (name: string, stack: Stack): readonly Instance[] => {
  const all = stack.instances();
  return name === 'relay'
    ? all.filter(({ role }) => role === 'relay')
    : all.filter((one) => one.name === name);
};

const isIn = (state: Instance['state']) => (name: string, stack: Stack) =>
  partsOf(name, stack).some((instance) => instance.state === state);

export const isWhollyUp = (name: string, stack: Stack): boolean =>
  partsOf(name, stack).every(({ state }) => state === 'ready');

export const isUp = isIn('ready');
export const isPaused = isIn('paused');

/** After a start the user's page is back too, so that a `sees` misses nothing that comes from now on. */
export async function backAgain(who: string, context: StepContext): Promise<StepEnd> {
  const user = context.users.find((user) => user === who);
  if (user) await context.actor(user).page.connected(pageWithinMs, context.signal);
  return passed();
}
