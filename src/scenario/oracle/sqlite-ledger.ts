import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { UserId } from '../../protocol/ids.ts';
import { contentText } from './content-text.ts';
import {
  declaredFriend,
  grant,
  heldComment,
  heldPosition,
  type Ledger,
  notice,
  receivedRow,
  sentRow,
} from './ledger.ts';

/** A text column that holds JSON. */
const json = z.string().transform((text): unknown => JSON.parse(text));
const flag = z.int().transform((bit) => bit === 1);

/** Keys with null leave; a schema then sees them as absent. */
const present = (row: object) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));

const positionRow = z
  .looseObject({ content: json.optional(), own: flag, awaited: flag })
  .transform(({ content, own, ...row }) =>
    heldPosition.parse({
      ...row,
      state: own ? 'own' : content === undefined ? 'fetching' : 'copy',
      ...(content !== undefined && { content: contentText(content) }),
    }),
  );

const outboxRow = z.looseObject({ settled: flag }).transform((row) => sentRow.parse(row));

/** How long a backend may keep its file to itself, in milliseconds. */
const busyMs = 2000;

/**
 * Reads the database of one of our backends, running or dead, with SQLite's own engine: only that sees what a killed
 * process has left in its WAL. All of it is one transaction, so the parts agree with one another. Throws what SQLite
 * or a schema throws.
 */
export function readSqliteLedger(file: string, user: UserId): Ledger {
  const db = new DatabaseSync(file, { readOnly: true, timeout: busyMs });
  const all = <Row>(schema: z.ZodType<Row>, sql: string): Row[] =>
    db
      .prepare(sql)
      .all()
      .map((row) => schema.parse(present(row)));
  try {
    db.exec('begin');
    return {
      user,
      positions: all(
        positionRow,
        `select id, owner_id as owner, version, content, share_id as share, draft is not null as own,
                exists (select 1 from fetch_jobs where position_id = id) as awaited
         from positions order by n`,
      ),
      comments: all(
        heldComment,
        'select position_id as position, id, author_id as author, text, event_id as carrier from comments order by n',
      ),
      grants: all(
        grant,
        'select position_id as position, reader_id as reader, share_id as share from shares',
      ),
      outbox: all(
        outboxRow,
        `select n, event_id as event, recipient as "to", type, position_id as position, stage, code, settled, attempts,
                cause, data ->> '$.comment.id' as comment, data ->> '$.share_id' as share
         from collab_outbox order by n`,
      ),
      inbox: all(
        receivedRow,
        `select n, from_user as "from", id as event, event ->> '$.type' as type,
                event ->> '$.data.position_id' as position, outcome, code,
                event ->> '$.data.comment.id' as comment
         from collab_inbox order by n`,
      ),
      friends: all(declaredFriend, 'select user_id as user, state from friends order by user_id'),
      notices: all(
        notice,
        `select body ->> '$.kind' as kind, body ->> '$.event_id' as event, body ->> '$.from_user' as "from",
                body ->> '$.position_id' as position
         from notifications where body ->> '$.event_id' is not null order by n`,
      ),
      unseen: [],
    };
  } finally {
    db.close();
  }
}
