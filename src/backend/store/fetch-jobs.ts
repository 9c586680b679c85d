import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type DeliveredEvent, deliveredEvent } from '../../protocol/events.ts';
import {
  type PositionId,
  positionId,
  type ShareId,
  shareId,
  type UserId,
  userId,
} from '../../protocol/ids.ts';
import { jsonText } from './json-text.ts';

const row = z.object({
  n: z.int(),
  position_id: positionId,
  owner_id: userId,
  share_id: shareId.nullable().transform((id): ShareId | undefined => id ?? undefined),
  share_url: z.string(),
  origin_checked: z.int().transform((flag) => flag === 1),
  wanted: z.int(),
  event: jsonText(deliveredEvent.nullable()).transform((event) => event ?? undefined),
  attempts: z.int(),
  due_at: z.int(),
});
/**
 * One position to be fetched. `wanted` is the version that the answer must have at least; `origin_checked` says that
 * `share_url` was held against the owner's registered origin when its event came in; `event` is what asked for it;
 * a comparison with the owner did if there is none.
 */
export type FetchJob = z.infer<typeof row>;

export interface NewFetchJob {
  readonly positionId: PositionId;
  readonly ownerId: UserId;
  readonly shareId: ShareId | undefined;
  readonly shareUrl: string;
  readonly originChecked: boolean;
  readonly wanted: number;
  readonly event: DeliveredEvent | undefined;
}

const waiting = row.pick({ n: true, position_id: true, owner_id: true, due_at: true });
/** What decides whose turn it is. */
export type WaitingJob = z.infer<typeof waiting>;

/** Fetches that are not done yet. */
export function fetchJobStore(db: DatabaseSync) {
  const replace = db.prepare(
    `insert or replace into fetch_jobs (position_id, owner_id, share_id, share_url, origin_checked, wanted, event)
     values (?, ?, ?, ?, ?, ?, ?)`,
  );
  const want = db.prepare('update fetch_jobs set wanted = max(wanted, ?), due_at = 0 where position_id = ?');
  const adopt = db.prepare('update fetch_jobs set event = ? where n = ?');
  const find = db.prepare('select * from fetch_jobs where position_id = ?');
  const all = db.prepare('select n, position_id, owner_id, due_at from fetch_jobs order by due_at, n');
  const postpone = db.prepare('update fetch_jobs set attempts = attempts + 1, due_at = ? where n = ?');
  const dueNow = db.prepare('update fetch_jobs set due_at = 0 where owner_id = ?');
  const remove = db.prepare('delete from fetch_jobs where n = ?');

  return {
    /** Replaces the job of the same position, whose answer then counts for nothing. */
    put(job: NewFetchJob): void {
      replace.run(
        job.positionId,
        job.ownerId,
        job.shareId ?? null,
        job.shareUrl,
        job.originChecked ? 1 : 0,
        job.wanted,
        JSON.stringify(job.event ?? null),
      );
    },
    /** Raises what the job of a position must bring. */
    want(position: PositionId, version: number): void {
      want.run(version, position);
    },
    /** The event of a grant came while a comparison had its position fetched already: it shows the answer. */
    adopt(n: number, event: DeliveredEvent): void {
      adopt.run(JSON.stringify(event), n);
    },
    find(position: PositionId): FetchJob | undefined {
      const found = find.get(position);
      return found && row.parse(found);
    },
    /** The one that is due first comes first. */
    list(): WaitingJob[] {
      return all.all().map((found) => waiting.parse(found));
    },
    postpone(n: number, dueAt: number): void {
      postpone.run(Math.ceil(dueAt), n);
    },
    makeDue(owner: UserId): void {
      dueNow.run(owner);
    },
    remove(n: number): void {
      remove.run(n);
    },
  };
}
export type FetchJobStore = ReturnType<typeof fetchJobStore>;
