import type { CollabClient } from '../../client/collab-client.ts';
import type { Handlers } from '../../http/serve-routes.ts';
import { backendRoutes, type Friend } from '../../protocol/backend-rest.ts';
import type { UserId } from '../../protocol/ids.ts';
import { befriend } from '../acts/befriend.ts';
import { unfriend } from '../acts/unfriend.ts';
import { nameOf } from '../effects/effect.ts';
import type { Perform } from '../perform.ts';
import type { Store } from '../store/store.ts';
import { originOf } from './positions.ts';

type FriendHandlers = Pick<Handlers<typeof backendRoutes>, 'listFriends' | 'befriend' | 'unfriend'>;

export interface FriendHandlersOptions {
  readonly store: Store;
  readonly client: Pick<CollabClient, 'presenceOf'>;
  readonly perform: Perform;
  /** A new friend, or one of earlier days whose copies went away, may be sharing something already. */
  readonly onBefriended: (user: UserId) => void;
}

/** Whom the user knows. */
export function friendHandlers({
  store,
  client,
  perform,
  onBefriended,
}: FriendHandlersOptions): FriendHandlers {
  /** What the relay says about a friend; of whom it has said nothing yet, nobody knows more than the name. */
  function show(user: UserId): Friend {
    const presence = client.presenceOf(user);
    return {
      user_id: user,
      display_name: nameOf(store, user),
      status: presence?.status ?? 'offline',
      ...(presence && { last_seen: presence.last_seen }),
    };
  }

  return {
    listFriends: () => store.friends.declaration().friends.map(show),
    befriend(call) {
      const origin = originOf(call, backendRoutes.befriend);
      const user = perform(origin, (context) => befriend(call.body.user_id, context));
      onBefriended(user);
      return show(user);
    },
    unfriend: (call) =>
      perform(originOf(call, backendRoutes.unfriend), (context) => unfriend(call.params.id, context)),
  };
}
