import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type ShareId, shareId, type UserId } from '../../protocol/ids.ts';

/** So many of the newest are remembered of each owner, who could else fill this disk. */
export const endedShareLimit = 1000;

const row = z.object({ share_id: shareId });

/**
 * Grants that were taken back, so that a `position_shared` that comes late does not bring the copy back. Grants are
 * never given twice; but an owner whose database was put back to an earlier day may still hold one (see resync).
 */
export function endedShareStore(db: DatabaseSync) {
  const find = db.prepare('select share_id from ended_shares where owner_id = ? and share_id = ?');
  const all = db.prepare('select share_id from ended_shares where owner_id = ?');
  const note = db.prepare('insert or replace into ended_shares (owner_id, share_id) values (?, ?)');
  const forgetOld = db.prepare(
    `delete from ended_shares where owner_id = ?1 and n <=
       (select n from ended_shares where owner_id = ?1 order by n desc limit 1 offset ?2)`,
  );
  const forget = db.prepare('delete from ended_shares where owner_id = ? and share_id = ?');

  return {
    has(owner: UserId, share: ShareId): boolean {
      return find.get(owner, share) !== undefined;
    },
    of(owner: UserId): Set<ShareId> {
      return new Set(all.all(owner).map((found) => row.parse(found).share_id));
    },
    note(owner: UserId, share: ShareId | undefined): void {
      if (share === undefined) return;
      note.run(owner, share);
      forgetOld.run(owner, endedShareLimit);
    },
    forget(owner: UserId, share: ShareId | undefined): void {
      if (share !== undefined) forget.run(owner, share);
    },
  };
}
export type EndedShareStore = ReturnType<typeof endedShareStore>;
