import type { UserId } from '../../protocol/ids.ts';
import type { Friendship } from '../store/friends.ts';

export interface CommentFacts {
  readonly me: UserId;
  readonly from: UserId;
  readonly friendship: Friendship;
  readonly author: UserId;
  /** The position that it is about; `readers` are those of an own position. */
  readonly held: { readonly owner: UserId; readonly readers: readonly UserId[] } | undefined;
  /** Who wrote the comment that is here under the same id. */
  readonly sameId: UserId | undefined;
}

export type CommentJudgement =
  | {
      readonly do: 'refuse';
      readonly code: 'not_friend' | 'no_access' | 'not_author' | 'not_owner' | 'id_taken';
    }
  | { readonly do: 'ignore' }
  /** `forwardTo`: the other readers, to whom the owner brings it. */
  | { readonly do: 'add'; readonly forwardTo: readonly UserId[] };

/**
 * What to do about a `comment_added`. Comments travel through the owner of the position: the owner takes them from
 * readers who speak for themselves, everybody else takes them from the owner only, who attests the author.
 */
export function judgeComment(facts: CommentFacts): CommentJudgement {
  const { me, from, friendship, author, held, sameId } = facts;
  if (friendship !== 'friend') return { do: 'refuse', code: 'not_friend' };
  if (!held) return { do: 'refuse', code: 'no_access' };
  if (held.owner === me) {
    if (!held.readers.includes(from)) return { do: 'refuse', code: 'no_access' };
    if (author !== from) return { do: 'refuse', code: 'not_author' };
  } else if (held.owner !== from) {
    return { do: 'refuse', code: 'not_owner' };
  }
  if (sameId !== undefined) return sameId === author ? { do: 'ignore' } : { do: 'refuse', code: 'id_taken' };
  return {
    do: 'add',
    forwardTo: held.owner === me ? held.readers.filter((reader) => reader !== author) : [],
  };
}
