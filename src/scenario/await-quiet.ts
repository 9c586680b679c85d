import type { Stack } from '../stack/stack.ts';
import type { Actor } from './actor.ts';
import { quietness } from './quiet.ts';
import { quietnessWithoutRelay } from './quiet-without-relay.ts';
import type { Quietness, Round } from './rounds.ts';
import type { Waker } from './waker.ts';

export interface Quieting {
  readonly stack: Stack;
  /** Users, each with what a page of ours has got of them, if there is one. */
  readonly actors: readonly (Pick<Actor, 'user' | 'api'> & { readonly page: Pick<Actor['page'], 'got'> })[];
  readonly waker: Waker;
  readonly signal: AbortSignal;
  /** Whether a fault is going to heal by itself: then what is blocked now need not stay so. */
  readonly healing: () => boolean;
}

/** Takes pairs of rounds, the second after the first, until one pair says quiet or nothing can change any more. */
export async function awaitQuiet(quieting: Quieting, withinMs: number): Promise<Quietness> {
  const { stack, actors, waker, signal, healing } = quieting;
  const users = [...actors.map(({ user }) => user), ...bystanders(quieting)];
  const look = async (): Promise<Round> => {
    const census = await stack.census();
    const pages = actors.flatMap(({ user, page: { got } }) => (got ? [[user, got] as const] : []));
    return { census, pages: new Map(pages) };
  };
  const judge = (first: Round, second: Round): Quietness => {
    if (stack.topology === 'relay') return quietness(first, second, users, stack.faults());
    const processes = stack.topology === 'single' ? ['backend'] : users;
    return quietnessWithoutRelay(first, second, processes, stack.faults());
  };
  let last: Quietness = { is: 'busy', because: 'nothing was looked at' };
  const end = await waker.until(withinMs, signal, async () => {
    const first = await look();
    last = judge(first, await look());
    return last.is === 'busy' || (last.is === 'blocked' && healing()) ? undefined : last;
  });
  return end ?? last;
}

/** Users of the stack who take no part in what is played: while they run, frames pass between them and the relay, too. */
function bystanders({ stack, actors }: Quieting): readonly string[] {
  const takesPart = new Set<string>(actors.map(({ user }) => user));
  const runs = new Set(stack.instances().flatMap(({ name, state }) => (state === 'ready' ? [name] : [])));
  return stack.users.filter((user) => !takesPart.has(user) && runs.has(user));
}
