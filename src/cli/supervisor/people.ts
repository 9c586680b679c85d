import type { z } from 'zod';
import { displayName, usualFriends, usualUsers } from '../users.ts';
import type { person } from './settings.ts';

/** One user of a stack that is no scenario's. */
export type Person = z.infer<typeof person>;

/** Whom a stack has where nobody says anything. */
export function usualPeople(): Person[] {
  const friends = usualFriends(usualUsers);
  return usualUsers.map((name) => ({
    name,
    display_name: displayName(name),
    friends: [...(friends.get(name) ?? [])],
  }));
}

/** Whether two people declare one another. */
export const areFriends = (one: Person, other: Person): boolean =>
  one !== other && one.friends.includes(other.name) && other.friends.includes(one.name);

/** Whether the shipped tour is true of them: alice and bob are friends, and carol is there, a stranger to alice. */
export function areTheUsualOnes(people: readonly Person[]): boolean {
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) =>
    people.find((one) => one.name === name),
  );
  return !!alice && !!bob && !!carol && areFriends(alice, bob) && !areFriends(alice, carol);
}
