import { z } from 'zod';
import { mostUsers } from '../config/most-users.ts';
import { Problem } from '../problem.ts';
import { type UserId, userId } from '../protocol/ids.ts';

const known = [
  'alice',
  'bob',
  'carol',
  'dave',
  'erin',
  'frank',
  'grace',
  'heidi',
  'ivan',
  'judy',
  'kim',
  'leo',
  'mona',
  'ned',
  'olga',
  'peggy',
  'quinn',
  'rupert',
  'sybil',
  'trent',
  'ursula',
  'victor',
  'wendy',
  'xena',
  'yuri',
  'zoe',
];

/** Whom a stack has where nobody says anything. */
export const usualUsers: readonly UserId[] = known.slice(0, 3).map((one) => userId.parse(one));

/** Who is a stranger to all, so that a run without any scenario shows an event that is not delivered. */
const stranger = 'carol';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
/** Words that name other parts of a stack, in faults and in `kill`. */
const taken = new Set(['relay', 'links', 'pages', 'redis', 'everyone']);

/** `--users`: a number of users, or their names; `said` is what it is called where it comes from. */
export function parseUsers(text: string, said = '--users'): readonly UserId[] {
  const names = /^\d+$/.test(text) ? numbered(Number(text)) : text.split(',').map((one) => one.trim());
  if (names.length === 0 || names.length > mostUsers) throw badCount(said, text);
  for (const one of names) if (!name.safeParse(one).success || taken.has(one)) throw badName(one);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice) throw namedTwice(said, twice);
  return names.map((one) => userId.parse(one));
}

function numbered(count: number): string[] {
  const wanted = Math.min(count, mostUsers + 1);
  return Array.from({ length: wanted }, (_, index) => known[index] ?? `user-${index + 1}`);
}

/**
 * Whom each user names as a friend: everybody, but carol nobody. So she is a stranger to all: a friendship needs both
 * sides, and what is shared with her is unavailable.
 */
export function usualFriends<User extends string>(
  users: readonly User[],
): ReadonlyMap<User, readonly User[]> {
  return new Map(
    users.map((user) => [user, user === stranger ? [] : users.filter((other) => other !== user)]),
  );
}

/** `alice` → `Alice`. */
export const displayName = (user: string): string => user.charAt(0).toUpperCase() + user.slice(1);

const badCount = (said: string, text: string) =>
  new Problem({
    code: 'bad-users',
    message: `${said} ${text} is not possible: a stack has 1 to ${mostUsers} users.`,
    exit: 2,
  });

const badName = (given: string) =>
  new Problem({
    code: 'bad-users',
    message: taken.has(given)
      ? `A user cannot be called "${given}": that word names another part of the stack.`
      : `"${given}" is not a user's name.`,
    hint: 'Give a number, or names in lower case with commas between them: --users alice,bob.',
    exit: 2,
  });

const namedTwice = (said: string, given: string) =>
  new Problem({ code: 'bad-users', message: `${said} names ${given} twice.`, exit: 2 });
