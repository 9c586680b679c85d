import type { UserId } from '../../protocol/ids.ts';
import type { Friendship } from '../store/friends.ts';

export interface UpdateFacts {
  readonly from: UserId;
  readonly friendship: Friendship;
  /** What is held here under this id; `version` is undefined while it is being fetched. */
  readonly held: { readonly owner: UserId; readonly version: number | undefined } | undefined;
  /** Undefined from a backend that counts no versions. */
  readonly version: number | undefined;
  readonly fromVersion: number | undefined;
}

export type UpdateJudgement =
  | { readonly do: 'refuse'; readonly code: 'not_friend' | 'not_owner' }
  | { readonly do: 'apply'; readonly version: number }
  | { readonly do: 'ignore' }
  /** `wanted` undefined: the version that the next fetch brings is the one. */
  | { readonly do: 'refetch'; readonly wanted: number | undefined };

/**
 * What to do about a `position_updated`. It applies if nothing lies between it and the copy, is ignored if the copy
 * has it already, and otherwise the whole position is fetched again. A merged update covers all from `fromVersion` on.
 */
export function judgeUpdate({ from, friendship, held, version, fromVersion }: UpdateFacts): UpdateJudgement {
  if (friendship !== 'friend') return { do: 'refuse', code: 'not_friend' };
  if (held?.owner !== from) return { do: 'refuse', code: 'not_owner' };
  if (held.version === undefined) return { do: 'refetch', wanted: version };
  if (version === undefined) return { do: 'apply', version: held.version + 1 };
  if (version <= held.version) return { do: 'ignore' };
  const startsFrom = fromVersion ?? version - 1;
  return startsFrom <= held.version ? { do: 'apply', version } : { do: 'refetch', wanted: version };
}
