import { Problem } from '../problem.ts';
import { type UserId, userId } from '../protocol/ids.ts';
import { didYouMean, listed } from '../scenario/nearest.ts';

/** @throws Problem where a stack with these users has none of that name */
export function knownUser(name: string, users: readonly string[]): UserId {
  if (users.includes(name)) return userId.parse(name);
  throw noUser(name, users);
}

const noUser = (name: string, users: readonly string[]) =>
  new Problem({
    code: 'no-user',
    message: `This stack has no user "${name}".${didYouMean(name, users)}`,
    hint: `There ${users.length === 1 ? 'is' : 'are'} ${listed(users)}.`,
    exit: 2,
  });
