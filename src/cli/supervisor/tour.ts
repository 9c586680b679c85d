import { stringify } from 'yaml';

/**
 * A small tour for users that the shipped one does not know: the first shares with the second (and the third, where
 * there is one), and gets a comment back. Undefined for a user who is alone.
 */
export function smallTour(users: readonly string[], position: string): string | undefined {
  const [owner, reader, other] = users;
  if (owner === undefined || reader === undefined) return undefined;
  const readers = other === undefined ? [reader] : [reader, other];
  const about = { about: position, from: owner };
  return stringify({
    scenario: `${owner} shares a position with ${readers.join(' and ')}`,
    users,
    friends: readers.map((one) => [owner, one]),
    positions: { [owner]: [position] },
    steps: [
      { [owner]: { share: position, with: readers } },
      ...readers.map((one) => ({ [one]: { receives: 'position_shared', ...about, count: 1 } })),
      ...readers.map((one) => ({ [one]: { has: position } })),
      { [reader]: { comment: 'Great setup!', on: position } },
      { [owner]: { receives: 'comment_added', about: position, from: reader, count: 1 } },
    ],
  });
}
