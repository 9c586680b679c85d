import { awaitQuiet, type Quieting } from './await-quiet.ts';
import { isForeign } from './foreign.ts';
import type { Quietness } from './rounds.ts';

/** So long nothing that can be seen has to stay as it is. Nothing is proven by that: it is only likely to be over. */
const calmMs = 400;

/**
 * Waits for quiet; where a command in a user's place cannot say what it has under way, until nothing moves any more
 * of what others can see. That is no quiet, and the answer is the same as without it.
 */
export async function awaitCalm(quieting: Quieting, withinMs: number): Promise<Quietness> {
  const quiet = await awaitQuiet(quieting, withinMs);
  if (quiet.is !== 'blocked' || quieting.stack.faults().length > 0) return quiet;
  const { stack, actors, waker, signal } = quieting;
  const { by } = await stack.census();
  const silent = actors.filter(({ user }) => by.get(user) === undefined);
  if (silent.length === 0 || !silent.every(({ user }) => isForeign(stack, user))) return quiet;
  let before = '';
  let since = performance.now();
  await waker.until(withinMs, signal, async () => {
    const [census, ...outboxes] = await Promise.all([
      stack.census(),
      ...silent.map(({ api }) => api('readOutbox', { query: { limit: 1 } })),
    ]);
    const pending = outboxes.map((reply) => (reply.is === 'done' ? reply.answer.pending : undefined));
    const now = JSON.stringify([[...census.by], pending]);
    if (now !== before) since = performance.now();
    before = now;
    return performance.now() - since >= calmMs ? true : undefined;
  });
  return quiet;
}
