import type { InboxRows, Outcome } from '../../src/client/inbox-table.ts';
import { entryOf, type OutboxRow, type OutboxRows } from '../../src/client/outbox-table.ts';
import type { InboxRecord } from '../../src/protocol/backend-rest.ts';
import type { EventId, UserId } from '../../src/protocol/ids.ts';
import type { MemoryDatabase, Table } from './memory-database.ts';

const byNumber = (one: { readonly n: number }, other: { readonly n: number }): number => one.n - other.n;

/** The outbox of a backend without SQLite. */
export function memoryOutbox(db: MemoryDatabase): OutboxRows & { readonly all: () => OutboxRow[] } {
  const table = db.table<OutboxRow>();
  const put = (row: OutboxRow) => table.put(`${row.n}`, row);
  const pending = (to?: UserId) =>
    table
      .where(({ settled, recipient }) => !settled && (to === undefined || recipient === to))
      .sort(byNumber);
  const giveUp = (row: OutboxRow, code: string, now: string) =>
    put({ ...row, stage: 'expired', code, settled: true, updated_at: now });

  return {
    all: () => table.rows().sort(byNumber),
    insert(event, id, recipients, now) {
      for (const to of recipients) addRow(table, event, id, to, now);
    },
    newestUpdate: (recipient, position) =>
      pending(recipient).findLast(
        ({ type, position_id }) => type === 'position_updated' && position_id === position,
      ),
    replace(row, id, event, now) {
      const cause = event.cause ?? null;
      put({ ...row, event_id: id, data: event.data, cause, created_at: now, updated_at: now });
      const left = addRow(table, { ...event, cause: undefined }, row.event_id, row.recipient, now);
      giveUp(left, 'merged', now);
    },
    pendingOf: (recipient) => pending(recipient).length,
    pending() {
      const counts = new Map<UserId, number>();
      for (const { recipient } of pending()) counts.set(recipient, (counts.get(recipient) ?? 0) + 1);
      return counts;
    },
    oldestPending: () =>
      pending()
        .map(({ created_at }) => created_at)
        .sort()[0],
    totalPending: () => pending().length,
    after: (recipient, n, limit) =>
      pending(recipient)
        .filter((row) => row.n > n)
        .slice(0, limit),
    stillPending: (recipient, upTo) =>
      new Map(
        pending(recipient)
          .filter(({ n }) => n <= upTo)
          .map(({ n, event_id }) => [n, event_id]),
      ),
    row: (n) => table.get(`${n}`),
    waiting: (recipient) => new Set(pending(recipient).map(({ event_id }) => event_id)),
    write({ n, stage, code, settled }, attempts, now) {
      const row = table.get(`${n}`);
      if (!row || row.settled) return undefined;
      const written = {
        ...row,
        stage,
        code: code ?? null,
        attempts,
        settled: settled === true,
        updated_at: now,
      };
      put(written);
      return written;
    },
    purge(recipient, position, wasSent, now) {
      const rows = pending(recipient).filter(
        ({ type, position_id }) =>
          type !== 'share_revoked' && (position === undefined || position_id === position),
      );
      for (const row of rows) {
        if (row.attempts === 0 && !wasSent(row.n)) table.delete(`${row.n}`);
        else giveUp(row, 'purged', now);
      }
      return rows;
    },
    expire(before, now) {
      const rows = pending().filter(({ created_at }) => created_at < before);
      for (const row of rows) giveUp(row, 'age', now);
      return rows.flatMap(({ n }) => table.get(`${n}`) ?? []);
    },
    entries: (event, limit) =>
      table
        .where(({ event_id }) => event === undefined || event_id === event)
        .sort((one, other) => byNumber(other, one))
        .slice(0, limit)
        .map(entryOf),
    prune: () => {},
  };
}

function addRow(
  table: Table<OutboxRow>,
  { type, data, cause }: Parameters<OutboxRows['insert']>[0],
  event_id: EventId,
  recipient: UserId,
  now: string,
): OutboxRow {
  const same = table.where((row) => row.event_id === event_id && row.recipient === recipient);
  if (same.length > 0) throw new Error('UNIQUE constraint failed');
  const row: OutboxRow = {
    n: table.number(),
    event_id,
    recipient,
    type,
    position_id: data.position_id,
    data,
    cause: cause ?? null,
    created_at: now,
    stage: 'pending',
    code: null,
    attempts: 0,
    settled: false,
    updated_at: now,
  };
  table.put(`${row.n}`, row);
  return row;
}

/** The inbox of a backend without SQLite. */
export function memoryInbox(db: MemoryDatabase): InboxRows {
  const table = db.table<InboxRecord>();
  const keyOf = (from: UserId, id: EventId) => `${from} ${id}`;
  return {
    outcomeOf(from, id): Outcome | undefined {
      return table.get(keyOf(from, id));
    },
    lastPlace(from) {
      const { epoch, seq } =
        table
          .where(({ event }) => event.from_user === from && event.epoch !== undefined)
          .sort(byNumber)
          .at(-1)?.event ?? {};
      return epoch !== undefined && seq !== undefined ? { epoch, seq } : undefined;
    },
    insert(event, { outcome, code }) {
      const key = keyOf(event.from_user, event.id);
      if (table.get(key)) throw new Error('UNIQUE constraint failed');
      const committed_at = event.sent_at;
      const record = { n: table.number(), event, outcome, ...(code !== undefined && { code }), committed_at };
      table.put(key, record);
      return record;
    },
    read(after, limit) {
      const rows = table.rows().sort(byNumber);
      return { last: rows.at(-1)?.n ?? 0, records: rows.filter(({ n }) => n > after).slice(0, limit) };
    },
  };
}
