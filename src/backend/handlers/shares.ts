import { contentDigest } from '../../client/content-digest.ts';
import { Refused } from '../../http/refused.ts';
import type { Handlers } from '../../http/serve-routes.ts';
import { type backendRoutes, type OfferedShare, sharesInPage } from '../../protocol/backend-rest.ts';
import type { CommentId, Life, PositionId, UserId } from '../../protocol/ids.ts';
import type { Share } from '../store/shares.ts';
import type { Store } from '../store/store.ts';

type ShareHandlers = Pick<Handlers<typeof backendRoutes>, 'listShares'>;

export interface ShareHandlersOptions {
  readonly store: Store;
  /** A friend's backend asked, and this is its present life. */
  readonly heard: (friend: UserId, life: Life) => void;
}

/** What others may compare their copies with. */
export function shareHandlers({ store, heard }: ShareHandlersOptions): ShareHandlers {
  return {
    listShares({ caller, query }) {
      if (caller?.kind !== 'peer') throw new Refused('forbidden');
      // Like mayRead(): who is no friend (any more) may have been named, and gets nothing.
      if (store.friends.stateOf(caller.user) !== 'friend') return [];
      if (query.life !== undefined) heard(caller.user, query.life);
      return offeredPage(store, caller.user, { position: query.after, comment: query.after_comment });
    },
  };
}

interface Cursor {
  readonly position: PositionId | undefined;
  readonly comment: CommentId | undefined;
}

/** The grants of a reader behind a place in them, as many as a page holds. */
export function offeredPage(store: Store, reader: UserId, after: Cursor): OfferedShare[] {
  const page: OfferedShare[] = [];
  let room: number = sharesInPage;
  const take = (share: Share, from: CommentId | undefined) => {
    const held = store.positions.find(share.position_id);
    if (held?.kind !== 'own') return;
    const comment_ids = store.comments.idsAfter(held.id, from, room - 1);
    room -= 1 + comment_ids.length;
    page.push({
      position_id: held.id,
      share_id: share.share_id,
      version: held.version,
      comment_ids,
      digest: contentDigest(held.content),
    });
  };
  const begun = after.position && store.shares.find(after.position, reader);
  if (begun && store.comments.idsAfter(begun.position_id, after.comment, 1).length > 0) {
    take(begun, after.comment);
  }
  for (const share of store.shares.ofReaderAfter(reader, after.position, room)) {
    if (room <= 0) break;
    take(share, undefined);
  }
  return page;
}
