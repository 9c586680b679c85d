import type { ShareId, UserId } from '../../protocol/ids.ts';
import type { Friendship } from '../store/friends.ts';

export interface RevokeFacts {
  readonly from: UserId;
  readonly friendship: Friendship;
  /** What is held here under this id, and under which grant. */
  readonly held: { readonly owner: UserId; readonly shareId: ShareId | undefined } | undefined;
  /** The grant that is taken back; undefined from a backend that names none: then whichever there is. */
  readonly shareId: ShareId | undefined;
}

export type RevokeJudgement =
  | { readonly do: 'refuse'; readonly code: 'not_friend' | 'not_owner' }
  | { readonly do: 'remove' }
  | { readonly do: 'ignore' };

/**
 * What to do about a `share_revoked`. One of a share that never came is fine, and whatever is not refused is remembered
 * (see store/ended-shares.ts), should its `position_shared` come after it. A revoke of an older grant leaves a newer one
 * alone.
 */
export function judgeRevoke({ from, friendship, held, shareId }: RevokeFacts): RevokeJudgement {
  if (friendship === 'stranger') return { do: 'refuse', code: 'not_friend' };
  if (!held) return { do: 'ignore' };
  if (held.owner !== from) return { do: 'refuse', code: 'not_owner' };
  const otherGrant = shareId !== undefined && held.shareId !== undefined && shareId !== held.shareId;
  return otherGrant ? { do: 'ignore' } : { do: 'remove' };
}
