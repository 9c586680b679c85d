import type { CollabClient } from '../../client/collab-client.ts';
import type { Handlers } from '../../http/serve-routes.ts';
import { backendRoutes, type Friend } from '../../protocol/backend-rest.ts';
import type { UserId } from '../../protocol/ids.ts';
import { befriend } from '../acts/befriend.ts';
import { unfriend } from '../acts/unfriend.ts';
import type { Perform } from '../perform.ts';
import type { Store } from '../store/store.ts';
import { originOf } from './positions.ts';

type FriendHandlers = Pick<Handlers<typeof backendRoutes>, 'listFriends' | 'befriend' | 'unfriend'>;

export interface FriendHandlersOptions {
  readonly store: Store;
  readonly client: Pick<CollabClient, 'presenceOf' | 'connected'>;
  readonly perform: Perform;
}

/** Whom the user knows. */
export function friendHandlers({ store, client, perform }: FriendHandlersOptions): FriendHandlers {
  /** What the relay says about a friend; while it cannot be asked, nobody counts as online. */
  function show(user: UserId): Friend {
    const known = store.peers.find(user);
    const status = client.connected ? client.presenceOf(user)?.status : undefined;
    return {
      user_id: user,
      display_name: known?.display_name ?? user,
      status: status ?? 'offline',
      ...(known && { last_seen: known.last_seen }),
    };
  }

  return {
    listFriends: () => store.friends.declaration().friends.map(show),
    befriend: (call) =>
      show(
        perform(originOf(call, backendRoutes.befriend), (context) => befriend(call.body.user_id, context)),
      ),
    unfriend: (call) =>
      perform(originOf(call, backendRoutes.unfriend), (context) => unfriend(call.params.id, context)),
  };
}
