import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  type PositionId,
  positionId,
  type ShareId,
  shareId,
  type UserId,
  userId,
} from '../../protocol/ids.ts';
import {
  type PositionContent,
  type PositionDraft,
  positionContent,
  positionDraft,
} from '../../protocol/positions.ts';
import { jsonText } from './json-text.ts';

interface Bookkeeping {
  readonly id: PositionId;
  readonly ownerId: UserId;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface Filled {
  readonly version: number;
  readonly content: PositionContent;
}

interface Granted {
  /** Undefined where the owner's backend names no shares. */
  readonly shareId: ShareId | undefined;
  readonly shareUrl: string | undefined;
}

export type OwnPosition = Bookkeeping & Filled & { readonly kind: 'own'; readonly draft: PositionDraft };
export type Copy = Bookkeeping & Filled & Granted & { readonly kind: 'copy' };
/** A copy whose content is still on its way; nobody sees it. */
export type Placeholder = Bookkeeping & Granted & { readonly kind: 'fetching' };
export type HeldPosition = OwnPosition | Copy | Placeholder;

const row = z
  .object({
    id: positionId,
    owner_id: userId,
    version: z.int().min(0),
    content: jsonText(positionContent).nullable(),
    draft: jsonText(positionDraft).nullable(),
    share_id: shareId.nullable(),
    share_url: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform((raw): HeldPosition => {
    const { version, content, draft } = raw;
    const kept = { id: raw.id, ownerId: raw.owner_id, createdAt: raw.created_at, updatedAt: raw.updated_at };
    if (content && draft) return { kind: 'own', ...kept, version, content, draft };
    const granted = { shareId: raw.share_id ?? undefined, shareUrl: raw.share_url ?? undefined };
    return content
      ? { kind: 'copy', ...kept, ...granted, version, content }
      : { kind: 'fetching', ...kept, ...granted };
  });

/** The positions of one database, own ones and copies. */
export function positionStore(db: DatabaseSync) {
  const byId = db.prepare('select * from positions where id = ?');
  const all = db.prepare('select * from positions where content is not null order by n');
  const byOwner = db.prepare('select * from positions where owner_id = ? order by n');
  const insertOwn = db.prepare(
    `insert into positions (id, owner_id, version, content, draft, created_at, updated_at)
     values (?, ?, 1, ?, ?, ?, ?)`,
  );
  const hold = db.prepare(
    `insert into positions (id, owner_id, version, share_id, share_url, created_at, updated_at)
     values (?, ?, 0, ?, ?, ?, ?)
     on conflict (id) do update set share_id = excluded.share_id, share_url = excluded.share_url`,
  );
  const change = db.prepare('update positions set version = ?, content = ?, updated_at = ? where id = ?');
  const fill = db.prepare(
    'update positions set version = ?, content = ?, created_at = ?, updated_at = ? where id = ?',
  );
  const remove = db.prepare('delete from positions where id = ?');

  return {
    find(id: PositionId): HeldPosition | undefined {
      const found = byId.get(id);
      return found && row.parse(found);
    },
    /** Everything that can be shown, oldest first. */
    list(): (OwnPosition | Copy)[] {
      return all
        .all()
        .map((found) => row.parse(found))
        .filter((held) => held.kind !== 'fetching');
    },
    ofOwner(owner: UserId): HeldPosition[] {
      return byOwner.all(owner).map((found) => row.parse(found));
    },
    createOwn(id: PositionId, owner: UserId, draft: PositionDraft, now: string): void {
      insertOwn.run(id, owner, JSON.stringify(positionContent.parse(draft)), JSON.stringify(draft), now, now);
    },
    /** Notes a grant: makes a placeholder, or hangs the new grant on the copy that is already there. */
    hold(id: PositionId, owner: UserId, grant: Granted, now: string): void {
      hold.run(id, owner, grant.shareId ?? null, grant.shareUrl ?? null, now, now);
    },
    change(id: PositionId, version: number, content: PositionContent, now: string): void {
      change.run(version, JSON.stringify(content), now, id);
    },
    /** Writes what was fetched into a placeholder or a copy. */
    fill(id: PositionId, fetched: Filled & { readonly createdAt: string; readonly updatedAt: string }): void {
      const content = JSON.stringify(positionContent.parse(fetched.content));
      fill.run(fetched.version, content, fetched.createdAt, fetched.updatedAt, id);
    },
    /** With its comments, shares and fetch job. */
    remove(id: PositionId): void {
      remove.run(id);
    },
  };
}
export type PositionStore = ReturnType<typeof positionStore>;
