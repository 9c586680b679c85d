import type { UserId } from '../../../protocol/ids.ts';
import type { PageState } from './state.ts';

/** What a user is called here: friends tell their names, of others the id is all there is. */
export function nameIn({ me, friends }: Pick<PageState, 'me' | 'friends'>, user: UserId): string {
  if (me?.id === user) return 'you';
  return friends.find(({ user_id }) => user_id === user)?.display_name ?? user;
}
