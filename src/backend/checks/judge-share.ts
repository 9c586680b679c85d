import type { UserId } from '../../protocol/ids.ts';
import type { Friendship } from '../store/friends.ts';

export interface ShareFacts {
  readonly from: UserId;
  readonly friendship: Friendship;
  /** Who owns what is held here under this id. */
  readonly holder: UserId | undefined;
  /** The grant was taken back before its event came. */
  readonly ended: boolean;
  readonly shareUrl: string;
  /** The address that the sharing friend registered; undefined while the relay has not told it. */
  readonly registered: string | undefined;
}

export type ShareJudgement =
  | { readonly do: 'refuse'; readonly code: 'not_friend' | 'id_taken' | 'bad_origin' }
  | { readonly do: 'ignore' }
  | { readonly do: 'fetch'; readonly originChecked: boolean };

/** What to do about a `position_shared`: only a friend may fill an id, from the address that this friend registered. */
export function judgeShare(facts: ShareFacts): ShareJudgement {
  const { from, friendship, holder, ended, shareUrl, registered } = facts;
  if (friendship !== 'friend') return { do: 'refuse', code: 'not_friend' };
  if (holder !== undefined && holder !== from) return { do: 'refuse', code: 'id_taken' };
  if (ended) return { do: 'ignore' };
  if (registered === undefined) return { do: 'fetch', originChecked: false };
  return sameOrigin(shareUrl, registered)
    ? { do: 'fetch', originChecked: true }
    : { do: 'refuse', code: 'bad_origin' };
}

/** Scheme, host and port agree; anything that is no URL agrees with nothing. */
export function sameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}
