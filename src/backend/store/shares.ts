import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  type EventId,
  type PositionId,
  positionId,
  type ShareId,
  shareId,
  type UserId,
  userId,
} from '../../protocol/ids.ts';

const share = z.object({ position_id: positionId, reader_id: userId, share_id: shareId });
/** One reader's grant on one own position. */
export type Share = z.infer<typeof share>;

/** Who may read which own position, and which revokes are still on their way. */
export function shareStore(db: DatabaseSync) {
  const find = db.prepare('select * from shares where position_id = ? and reader_id = ?');
  const readers = db.prepare('select * from shares where position_id = ? order by shared_at, reader_id');
  const byReader = db.prepare('select * from shares where reader_id = ? order by shared_at, position_id');
  const after = db.prepare(
    'select * from shares where reader_id = ? and position_id > ? order by position_id limit ?',
  );
  const grant = db.prepare(
    'insert into shares (position_id, reader_id, share_id, shared_at) values (?, ?, ?, ?)',
  );
  const take = db.prepare('delete from shares where position_id = ? and reader_id = ?');
  const addRevoke = db.prepare('insert into revokes (event_id, reader_id) values (?, ?)');
  const revokeTo = db.prepare('select 1 from revokes where reader_id = ? limit 1');
  const settleRevoke = db.prepare('delete from revokes where event_id = ? and reader_id = ?');

  return {
    find(position: PositionId, reader: UserId): Share | undefined {
      const found = find.get(position, reader);
      return found && share.parse(found);
    },
    readersOf(position: PositionId): UserId[] {
      return readers.all(position).map((found) => share.parse(found).reader_id);
    },
    ofReader(reader: UserId): Share[] {
      return byReader.all(reader).map((found) => share.parse(found));
    },
    /** Grants of a reader in the order of the positions' ids, behind one of them. */
    ofReaderAfter(reader: UserId, position: PositionId | undefined, limit: number): Share[] {
      return after.all(reader, position ?? '', limit).map((found) => share.parse(found));
    },
    grant(position: PositionId, reader: UserId, id: ShareId, now: string): void {
      grant.run(position, reader, id, now);
    },
    take({ position_id, reader_id }: Share): void {
      take.run(position_id, reader_id);
    },
    awaitRevoke(event: EventId, reader: UserId): void {
      addRevoke.run(event, reader);
    },
    /** Are revokes on their way to this reader that it has not settled? */
    awaitsRevokes(reader: UserId): boolean {
      return revokeTo.get(reader) !== undefined;
    },
    /** True if this event was an awaited revoke. */
    settleRevoke(event: EventId, reader: UserId): boolean {
      return Number(settleRevoke.run(event, reader).changes) > 0;
    },
  };
}
export type ShareStore = ReturnType<typeof shareStore>;
