import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { CommentId } from '../../protocol/ids.ts';
import { commentId, type EventId, eventId, type PositionId, userId } from '../../protocol/ids.ts';
import type { Comment } from '../../protocol/positions.ts';

const row = z
  .object({
    id: commentId,
    author_id: userId,
    author_name: z.string(),
    text: z.string(),
    created_at: z.string(),
    event_id: eventId.nullable(),
  })
  .transform(
    (raw): StoredComment => ({
      comment: {
        id: raw.id,
        text: raw.text,
        user: { id: raw.author_id, display_name: raw.author_name },
        created_at: raw.created_at,
      },
      eventId: raw.event_id ?? undefined,
    }),
  );

const idRow = z.object({ id: commentId });

export interface StoredComment {
  readonly comment: Comment;
  /** The event that carries it away from here, if it was written here. */
  readonly eventId: EventId | undefined;
}

/** The threads of all positions, each in the order in which this backend came to know its comments. */
export function commentStore(db: DatabaseSync) {
  const find = db.prepare('select * from comments where position_id = ? and id = ?');
  const thread = db.prepare('select * from comments where position_id = ? order by n');
  const insert = db.prepare(
    `insert into comments (position_id, id, author_id, author_name, text, created_at, event_id)
     values (?, ?, ?, ?, ?, ?, ?) on conflict (position_id, id) do nothing`,
  );
  const after = db.prepare(
    `select id from comments where position_id = ?1 and n > coalesce(
       (select n from comments where position_id = ?1 and id = ?2), 0) order by n limit ?3`,
  );
  const threadAfter = db.prepare(
    `select * from comments where position_id = ?1 and n > coalesce(
       (select n from comments where position_id = ?1 and id = ?2), 0) order by n`,
  );
  const carry = db.prepare('update comments set event_id = ? where position_id = ? and id = ?');
  const remove = db.prepare('delete from comments where position_id = ? and id = ?');
  const clear = db.prepare('delete from comments where position_id = ?');
  const removeSent = db.prepare('delete from comments where position_id = ? and event_id = ?');

  return {
    find(position: PositionId, id: CommentId): StoredComment | undefined {
      const found = find.get(position, id);
      return found && row.parse(found);
    },
    thread(position: PositionId): Comment[] {
      return thread.all(position).map((found) => row.parse(found).comment);
    },
    /** With the events that carry them. */
    stored(position: PositionId): StoredComment[] {
      return thread.all(position).map((found) => row.parse(found));
    },
    /** Ids in the order of the thread, behind one of them; from the beginning if that is not in it. */
    idsAfter(position: PositionId, id: CommentId | undefined, limit: number): CommentId[] {
      return after.all(position, id ?? null, limit).map((found) => idRow.parse(found).id);
    },
    /** Comments behind one of them, as many as fit into so many bytes of JSON, or `least` in any case. */
    page(
      position: PositionId,
      id: CommentId | undefined,
      { bytes, least }: { readonly bytes: number; readonly least: number },
    ): { readonly comments: Comment[]; readonly more: boolean } {
      const comments: Comment[] = [];
      let size = 0;
      for (const found of threadAfter.iterate(position, id ?? null)) {
        const { comment } = row.parse(found);
        size += Buffer.byteLength(JSON.stringify(comment)) + 1;
        if (size > bytes && comments.length >= least) return { comments, more: true };
        comments.push(comment);
      }
      return { comments, more: false };
    },
    /** Another event takes an own comment to the owner. */
    carryWith(position: PositionId, id: CommentId, carrier: EventId): void {
      carry.run(carrier, position, id);
    },
    remove(position: PositionId, id: CommentId): void {
      remove.run(position, id);
    },
    /** Does nothing where the id is there already. */
    add(position: PositionId, { id, text, user, created_at }: Comment, carrier?: EventId): void {
      insert.run(position, id, user.id, user.display_name, text, created_at, carrier ?? null);
    },
    /**
     * Puts a fetched thread in the place of what is here, in the owner's order; what is here and not in it (own
     * comments on their way, ones that came in meanwhile) follows.
     */
    merge(position: PositionId, fetched: readonly Comment[]): void {
      const here = new Map(
        thread
          .all(position)
          .map((found) => row.parse(found))
          .map((one) => [one.comment.id, one]),
      );
      clear.run(position);
      for (const comment of fetched) this.add(position, comment, here.get(comment.id)?.eventId);
      for (const { comment, eventId } of here.values()) this.add(position, comment, eventId);
    },
    /** Takes back an own comment that its event could not bring to the owner. */
    removeSent(position: PositionId, carrier: EventId): void {
      removeSent.run(position, carrier);
    },
  };
}
export type CommentStore = ReturnType<typeof commentStore>;
