import type { UserId } from '../../protocol/ids.ts';
import type { Act, Deed } from '../acts.ts';
import type { Evidence } from './evidence.ts';

/** Has another act of the same user, which was not over before this one began, had the opposite effect on `other`? */
export function isUndone(act: Act, other: UserId, { acts }: Evidence): boolean {
  return acts.some(
    (one) =>
      one.user === act.user &&
      one.outcome.is !== 'refused' &&
      one.ended > act.began &&
      one !== act &&
      undoes(one.deed, act.deed, other),
  );
}

function undoes(later: Deed, deed: Deed, other: UserId): boolean {
  // A request of the file's own making may have done anything.
  if (later.do === 'request') return true;
  switch (deed.do) {
    case 'share':
      return (
        (later.do === 'revoke' && later.position === deed.position && later.from === other) ||
        (later.do === 'unfriend' && later.friend === other)
      );
    case 'revoke':
      return later.do === 'share' && later.position === deed.position && later.with.includes(other);
    case 'befriend':
      return later.do === 'unfriend' && later.friend === other;
    case 'unfriend':
      return later.do === 'befriend' && later.friend === other;
    case 'comment':
    case 'update':
    case 'emit':
    case 'request':
      return false;
    default:
      return deed satisfies never;
  }
}
