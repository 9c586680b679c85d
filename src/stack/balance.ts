import type { UserId } from '../protocol/ids.ts';
import type { ManagedInstance } from './managed-instance.ts';

/** Which relay node a user's link leads to: the same one until that node does not run any more. */
export interface Balance {
  /** The name of the node. */
  of(user: UserId): string;
  usersOf(node: string): UserId[];
  /** Pins the users of nodes that do not run to the ready node with the fewest users; answers who was moved. */
  moveOn(): UserId[];
}

export function balance(
  users: readonly UserId[],
  nodes: readonly Pick<ManagedInstance, 'name' | 'state'>[],
): Balance {
  const pins = new Map(users.map((user, index) => [user, nodes[index % nodes.length]?.name ?? '']));
  /** One that starts is about to be ready, for those who had it before. */
  const lives = (node: string | undefined): boolean =>
    nodes.some(({ name, state }) => name === node && (state.id === 'ready' || state.id === 'starting'));
  const usersOf = (node: string): UserId[] => users.filter((user) => pins.get(user) === node);
  return {
    of: (user) => pins.get(user) ?? '',
    usersOf,
    moveOn() {
      const ready = nodes.filter(({ state }) => state.id === 'ready').map(({ name }) => name);
      const moved = users.filter((user) => !lives(pins.get(user)));
      if (ready.length === 0) return [];
      for (const user of moved) {
        const [freest] = ready.toSorted((a, b) => usersOf(a).length - usersOf(b).length);
        if (freest !== undefined) pins.set(user, freest);
      }
      return moved;
    },
  };
}
