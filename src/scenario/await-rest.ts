import { awaitCalm } from './await-calm.ts';
import type { Quieting } from './await-quiet.ts';
import { quietWithinMs } from './expect-observed.ts';
import type { Quietness } from './rounds.ts';

/**
 * Waits until nothing is under way any more between those that run. Whoever was left down by a scenario says nothing,
 * but nothing comes from there and nothing arrives.
 */
export async function awaitRest(quieting: Quieting, withinMs = quietWithinMs): Promise<Quietness> {
  const { stack } = quieting;
  const isUp = (state: string): boolean => state === 'ready';
  // A user without a process of their own is where the others are.
  const down = new Set(stack.instances().flatMap(({ name, state }) => (isUp(state) ? [] : [name])));
  const actors = quieting.actors.filter(({ user }) => !down.has(user));
  const relays = stack.instances().filter(({ role }) => role === 'relay');
  const isCutOff = relays.length > 0 && !relays.some(({ state }) => isUp(state));
  return isCutOff
    ? awaitIdle({ ...quieting, actors }, withinMs)
    : awaitCalm({ ...quieting, actors }, withinMs);
}

/** Without a relay there is nothing between the backends: each has only to have done what it can do by itself. */
async function awaitIdle({ stack, actors, waker, signal }: Quieting, withinMs: number): Promise<Quietness> {
  let busy = 'nothing was looked at';
  let before: string | undefined;
  const idle = await waker.until(withinMs, signal, async () => {
    const { by } = await stack.census();
    const answers = actors.map(({ user }) => ({ user, census: by.get(user) }));
    const working = answers.find(
      ({ census }) => !census || Object.values(census.runnable).some((n) => n > 0),
    );
    const print = JSON.stringify(answers);
    const isSame = print === before;
    before = print;
    if (working) busy = `${working.user}'s backend has something to do`;
    return working || !isSame ? undefined : 'idle';
  });
  return idle
    ? { is: 'quiet', proof: `no relay, and nothing to do in ${actors.length} backends` }
    : { is: 'busy', because: busy };
}
