import { stringify } from 'yaml';
import type { Fixtures } from '../../scenario/parse.ts';
import type { ScenarioPosition } from '../../scenario/scenario.ts';
import { areFriends, type Person } from './people.ts';

/**
 * A small tour for users that the shipped one does not know: the first who has friends (and a position, where the file
 * deals them out) shares it with one or two of them, and gets a comment back. Undefined where there is nobody like that.
 */
export function smallTour(
  people: readonly Person[],
  positions: readonly ScenarioPosition[] | undefined,
  fixtures: Fixtures,
): string | undefined {
  for (const owner of people) {
    const friends = people.filter((other) => areFriends(owner, other)).slice(0, 2);
    const own = positions?.find((position) => position.owner === owner.name);
    const [shipped] = fixtures.keys();
    const position = positions ? own?.name : shipped;
    if (friends.length === 0 || position === undefined) continue;
    const readers = friends.map(({ name }) => name);
    return tourText(owner.name, readers, position, own ? { [own.name]: own.draft } : [position]);
  }
  return undefined;
}

function tourText(owner: string, readers: readonly string[], position: string, has: unknown): string {
  const about = { about: position, from: owner };
  const [reader = ''] = readers;
  return stringify({
    scenario: `${owner} shares a position with ${readers.join(' and ')}`,
    users: [owner, ...readers],
    friends: readers.map((one) => [owner, one]),
    positions: { [owner]: has },
    steps: [
      { [owner]: { share: position, with: readers } },
      ...readers.map((one) => ({ [one]: { receives: 'position_shared', ...about, count: 1 } })),
      ...readers.map((one) => ({ [one]: { has: position } })),
      { [reader]: { comment: 'Great setup!', on: position } },
      { [owner]: { receives: 'comment_added', about: position, from: reader, count: 1 } },
    ],
  });
}
