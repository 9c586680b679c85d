import type { DatabaseSync } from 'node:sqlite';
import type { Transactional } from '../../client/transaction.ts';
import { type CommentStore, commentStore } from './comments.ts';
import { type EndedShareStore, endedShareStore } from './ended-shares.ts';
import { type FetchJobStore, fetchJobStore } from './fetch-jobs.ts';
import { type FriendStore, friendStore } from './friends.ts';
import { type NotificationStore, notificationStore } from './notifications.ts';
import { type PeerStore, peerStore } from './peers.ts';
import { type PositionStore, positionStore } from './positions.ts';
import { type ShareStore, shareStore } from './shares.ts';

/** One user's data. Its parts write single rows; who calls them holds the transaction. */
export interface Store {
  readonly db: Transactional;
  readonly positions: PositionStore;
  readonly shares: ShareStore;
  readonly endedShares: EndedShareStore;
  readonly comments: CommentStore;
  readonly friends: FriendStore;
  readonly peers: PeerStore;
  readonly notifications: NotificationStore;
  readonly fetchJobs: FetchJobStore;
}

export const storeIn = (db: DatabaseSync): Store => ({
  db,
  positions: positionStore(db),
  shares: shareStore(db),
  endedShares: endedShareStore(db),
  comments: commentStore(db),
  friends: friendStore(db),
  peers: peerStore(db),
  notifications: notificationStore(db),
  fetchJobs: fetchJobStore(db),
});
