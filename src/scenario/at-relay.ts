import { userId } from '../protocol/ids.ts';
import type { StepContext } from './step-context.ts';

/** Whether a user's backend says that it is ready, which it is only while it is connected to the relay. */
export async function isAtRelay(user: string, context: StepContext): Promise<boolean> {
  const reply = await context.actor(userId.parse(user)).api('readyz');
  return reply.is === 'done' && reply.answer.status === 'ready';
}
