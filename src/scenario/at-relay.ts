import { userId } from '../protocol/ids.ts';
import type { Stack } from '../stack/stack.ts';
import type { StepContext } from './step-context.ts';

/** What a user's backend is cut off from when it is disconnected: the relay, or where there is none, everyone. */
export const farEnd = ({ topology }: Stack): string => (topology === 'relay' ? 'relay' : 'everyone');

/**
 * Whether a user's backend can be reached by way of the relay: it says that it is ready, which it is only while it is
 * connected there. Without a relay: whether none of those who run goes on trying to reach it, nor it them.
 */
export async function isAtRelay(user: string, context: StepContext): Promise<boolean> {
  const { stack } = context;
  if (stack.topology === 'relay') {
    const reply = await context.actor(userId.parse(user)).api('readyz');
    return reply.is === 'done' && reply.answer.status === 'ready';
  }
  const { by } = await stack.census();
  const away = [...by.values()].flatMap((census) => census?.away ?? []);
  return !away.some(({ from, to }) => (from === user && by.get(to)) || to === user);
}
