import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../client/transaction.ts';
import { messageOf, Problem } from '../../problem.ts';

/**
 * Everything that a user's backend holds; the client adds its outbox and inbox to the same file. A position id is
 * unique in one database, so `position_id` alone stands for the protocol's `(owner_id, position_id)`.
 */
const tables = `
  create table if not exists seeded (what text primary key) strict;

  create table if not exists friends (
    user_id text primary key,
    state   text not null check (state in ('friend', 'leaving'))
  ) strict;

  -- What the relay last told about a user, and the key that was pinned. It outlives a friendship, so that a former
  -- friend's token can still be told from a forged one.
  create table if not exists peers (
    user_id      text primary key,
    display_name text not null,
    peer_key     text
  ) strict;

  -- Own positions have a draft, copies may have a share; version 0 without content is a copy that is being fetched.
  create table if not exists positions (
    n          integer primary key,
    id         text not null unique,
    owner_id   text not null,
    version    integer not null,
    content    text,
    draft      text,
    share_id   text,
    share_url  text,
    created_at text not null,
    updated_at text not null
  ) strict;
  create index if not exists positions_by_owner on positions (owner_id);

  create table if not exists shares (
    position_id text not null references positions (id) on delete cascade,
    reader_id   text not null,
    share_id    text not null,
    shared_at   text not null,
    primary key (position_id, reader_id)
  ) strict, without rowid;
  create index if not exists shares_by_reader on shares (reader_id);

  -- Revokes that their reader has not settled yet.
  create table if not exists revokes (
    event_id  text not null,
    reader_id text not null,
    primary key (reader_id, event_id)
  ) strict, without rowid;

  -- Grants of others that were taken back: what comes late about them is passed over.
  create table if not exists ended_shares (
    n        integer primary key autoincrement,
    owner_id text not null,
    share_id text not null,
    unique (owner_id, share_id)
  ) strict;

  -- event_id: the event that carries an own comment.
  create table if not exists comments (
    n           integer primary key,
    position_id text not null references positions (id) on delete cascade,
    id          text not null,
    author_id   text not null,
    author_name text not null,
    text        text not null,
    created_at  text not null,
    event_id    text,
    unique (position_id, id)
  ) strict;
  create index if not exists comments_by_event on comments (event_id);

  -- One a position at most; a later cause to fetch replaces the earlier one under a new number, never used again. The
  -- event is the JSON null where a comparison with the owner asked for it.
  create table if not exists fetch_jobs (
    n              integer primary key autoincrement,
    position_id    text not null unique references positions (id) on delete cascade,
    owner_id       text not null,
    share_id       text,
    share_url      text not null,
    origin_checked integer not null,
    wanted         integer not null,
    event          text not null,
    attempts       integer not null default 0,
    due_at         integer not null default 0
  ) strict;

  create table if not exists notifications (
    n    integer primary key autoincrement,
    body text not null
  ) strict;
`;

/** How long to wait for another process that reads the same file, in milliseconds. */
const busyTimeoutMs = 2000;

/**
 * Opens (and makes) `backend.sqlite` in a folder. Call `commitDurably` once all tables are there and before anything is
 * acknowledged: making them need not wait for the disk, because whoever finds them missing makes them again. Throws a
 * Problem if the file cannot be used.
 */
export function openDatabase(folder: string): DatabaseSync {
  const file = join(folder, 'backend.sqlite');
  let db: DatabaseSync | undefined;
  try {
    // Positions are the user's own business: nobody else on this machine reads them, also in a folder that was there.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    db = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    db.exec('pragma journal_mode = wal; pragma synchronous = normal');
    inTransaction(db, () => db?.exec(tables));
    return db;
  } catch (cause) {
    db?.close();
    throw unusableDatabase(file, cause);
  }
}

/**
 * From now on every commit waits for the disk. `synchronous = FULL` is chosen on purpose: an acknowledgement goes out
 * after the commit and makes the sender forget the event, so a commit has to survive a loss of power, too. With WAL,
 * `NORMAL` would only survive the process.
 */
export function commitDurably(db: DatabaseSync): void {
  db.exec('pragma synchronous = full');
}

const unusableDatabase = (file: string, cause: unknown) =>
  new Problem({
    code: 'unusable-database',
    message: `The database ${file} cannot be opened: ${messageOf(cause)}.`,
    hint: 'Check that DATA_DIR can be written, has room, and that the file is a database of this version.',
    cause,
  });
