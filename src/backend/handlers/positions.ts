import { Refused } from '../../http/refused.ts';
import type { Caller, Handlers, RouteCall } from '../../http/serve-routes.ts';
import { backendRoutes } from '../../protocol/backend-rest.ts';
import type { PositionId, UserId } from '../../protocol/ids.ts';
import type { Tell } from '../../protocol/records.ts';
import type { Route } from '../../protocol/route.ts';
import { showOwn } from '../acts/act.ts';
import { addComment } from '../acts/add-comment.ts';
import { createPosition } from '../acts/create-position.ts';
import { revokeShare } from '../acts/revoke-share.ts';
import { sharePosition } from '../acts/share-position.ts';
import { updatePosition } from '../acts/update-position.ts';
import { mayRead } from '../checks/judge-read.ts';
import type { Origin, Perform } from '../perform.ts';
import { showPosition } from '../show-position.ts';
import type { Copy, OwnPosition } from '../store/positions.ts';
import type { Store } from '../store/store.ts';

type PositionHandlers = Pick<
  Handlers<typeof backendRoutes>,
  | 'listPositions'
  | 'createPosition'
  | 'readPosition'
  | 'updatePosition'
  | 'sharePosition'
  | 'revokeShare'
  | 'listComments'
  | 'addComment'
>;

export interface PositionHandlersOptions {
  readonly me: UserId;
  readonly store: Store;
  readonly perform: Perform;
  readonly tell: Tell;
}

/**
 * What a peer gets of a thread with its position, and with each question after that: the biggest position and a page
 * are together less than what passes through the relay.
 */
const firstComments = { bytes: 12 * 1024, least: 0 };
const moreComments = { bytes: 40 * 1024, least: 1 };

/** Positions, their shares and their threads. */
export function positionHandlers({ me, store, perform, tell }: PositionHandlersOptions): PositionHandlers {
  const show = (held: OwnPosition | Copy) =>
    held.kind === 'own' ? showOwn(store, held) : showPosition(held, { owner: false });

  /** What a caller may read; unknown and not shared look the same. */
  function readable(id: PositionId, caller: Caller | undefined): OwnPosition | Copy {
    const held = store.positions.find(id);
    const readers = held?.kind === 'own' ? store.shares.readersOf(id) : [];
    const allowed =
      caller !== undefined &&
      mayRead({
        me,
        caller: caller.user,
        friendship: store.friends.stateOf(caller.user),
        held: held && { owner: held.ownerId, readers },
      });
    if (!held || held.kind === 'fetching' || !allowed) throw new Refused('not_found');
    if (caller.kind === 'peer') tell({ type: 'served', user: me, to: caller.user, position: id });
    return held;
  }

  return {
    listPositions: () => store.positions.list().map(show),
    createPosition: (call) =>
      perform(originOf(call, backendRoutes.createPosition), (context) => createPosition(call.body, context)),
    readPosition({ params, caller }) {
      const held = readable(params.id, caller);
      if (caller?.kind === 'owner') return show(held);
      const { comments, more } = store.comments.page(held.id, undefined, firstComments);
      return {
        ...showPosition(held, { owner: false }),
        comments,
        ...(more && { more_comments: true }),
      };
    },
    updatePosition: (call) =>
      perform(originOf(call, backendRoutes.updatePosition), (context) =>
        updatePosition(call.params.id, call.body, context),
      ),
    sharePosition: (call) =>
      perform(originOf(call, backendRoutes.sharePosition), (context) =>
        sharePosition(call.params.id, call.body.friend_ids, context),
      ),
    revokeShare: (call) =>
      perform(originOf(call, backendRoutes.revokeShare), (context) =>
        revokeShare(call.params.id, call.params.friend_id, context),
      ),
    listComments({ params, query, caller }) {
      const { id } = readable(params.id, caller);
      const whole = caller?.kind === 'owner' && query.after === undefined;
      return whole ? store.comments.thread(id) : store.comments.page(id, query.after, moreComments).comments;
    },
    addComment: (call) =>
      perform(originOf(call, backendRoutes.addComment), (context) =>
        addComment(call.params.id, call.body, context),
      ),
  };
}

/** The request as the journal shows it: `POST /api/v1/positions/ideas/berlin/share`. */
export function originOf(
  { params, headers }: Pick<RouteCall<Route>, 'params' | 'headers'>,
  { method, path }: Pick<Route, 'method' | 'path'>,
): Origin {
  const values = new Map(Object.entries(params ?? {}));
  const filled = path.replace(/:(\w+)/g, (_, name: string) => String(values.get(name) ?? name));
  return { request: `${method} ${filled}`, named: headers['x-cause'] };
}
