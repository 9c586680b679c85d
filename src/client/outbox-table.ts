import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type OutboxEntry, outboxEntry } from '../protocol/backend-rest.ts';
import { eventType } from '../protocol/events.ts';
import {
  cause,
  type EventId,
  eventId,
  type PositionId,
  positionId,
  type UserId,
  userId,
} from '../protocol/ids.ts';
import type { OutgoingEvent } from './collab-client.ts';
import { outboxSchema, outboxStatements } from './outbox-sql.ts';
import type { Move } from './sender-state.ts';

const row = z.object({
  n: z.int(),
  event_id: eventId,
  recipient: userId,
  type: eventType,
  position_id: positionId,
  data: z.string().transform((text) => data.parse(JSON.parse(text))),
  cause: cause.nullable(),
  created_at: z.string(),
  stage: outboxEntry.shape.stage,
  code: z.string().nullable(),
  attempts: z.int(),
  settled: z.int().transform((settled) => settled === 1),
  updated_at: z.string(),
});
const data = z.record(z.string(), z.unknown());
const count = z.object({ n: z.int() });
const numbered = z.object({ n: z.int(), event_id: eventId });
const ofEvent = z.object({ event_id: eventId });
const oldest = z.object({ at: z.string().nullable() });
const pendingOf = z.object({ recipient: userId, n: z.int() });

export type OutboxRow = z.infer<typeof row>;

/** A recipient's pending rows reached the limit: the act is to be rolled back and answered with 507. */
export class OutboxFull extends Error {
  override readonly name = 'OutboxFull';
  readonly recipient: UserId;

  constructor(recipient: UserId, limit: number) {
    super(
      `The outbox for ${recipient} holds ${limit} events that were not delivered yet: there is no room for another.`,
    );
    this.recipient = recipient;
  }
}

export interface OutboxTableOptions {
  /** Pending rows that one recipient may have. */
  readonly limit: number;
  /** Settled rows that stay for display. */
  readonly keptSettled: number;
  /** Settled rows over that before old ones are deleted. */
  readonly pruneEvery: number;
}

/** The rows of the outbox in the caller's database. Opens no transaction of its own. */
export class OutboxTable {
  readonly #options: OutboxTableOptions;
  readonly #sql: ReturnType<typeof outboxStatements>;
  #settledSincePrune: number;

  constructor(db: DatabaseSync, options: OutboxTableOptions) {
    db.exec(outboxSchema);
    this.#options = options;
    this.#sql = outboxStatements(db);
    this.#settledSincePrune = options.pruneEvery;
  }

  insert(event: OutgoingEvent, id: EventId, recipients: readonly UserId[], now: string): void {
    const { position_id } = event.data;
    const json = JSON.stringify(event.data);
    for (const to of recipients) {
      if (this.pendingOf(to) >= this.#options.limit) throw new OutboxFull(to, this.#options.limit);
      this.#sql.insert.run(id, to, event.type, position_id, json, event.cause ?? null, now, now);
    }
  }

  /** The newest pending update of a position that a recipient is to get. */
  newestUpdate(recipient: UserId, position: PositionId): OutboxRow | undefined {
    const found = this.#sql.newestUpdate.get(recipient, position);
    return found && row.parse(found);
  }

  /**
   * Puts another event into the place of a row, which keeps its turn. The one that was there is settled under a number
   * of its own, for display; for as long as a recipient is away this may be all that settles anything, so it prunes.
   */
  replace({ n, event_id, recipient }: OutboxRow, id: EventId, event: OutgoingEvent, now: string): void {
    this.#sql.replace.run(id, JSON.stringify(event.data), event.cause ?? null, now, now, n);
    const { type, data } = event;
    const left = this.#sql.insert.run(event_id, recipient, type, data.position_id, '{}', null, now, now);
    this.#sql.giveUp.run('expired', 'merged', now, left.lastInsertRowid);
    this.#settledSincePrune += 1;
    this.prune();
  }

  pendingOf(recipient: UserId): number {
    const found = this.#sql.pendingOf.get(recipient);
    return found ? count.parse(found).n : 0;
  }

  /** Every recipient with pending rows, with how many. */
  pending(): Map<UserId, number> {
    return new Map(
      this.#sql.pending.all().map((found) => {
        const { recipient, n } = pendingOf.parse(found);
        return [recipient, n];
      }),
    );
  }

  /** When the oldest pending row was written. */
  oldestPending(): string | undefined {
    return oldest.parse(this.#sql.oldestPending.get()).at ?? undefined;
  }

  totalPending(): number {
    return count.parse(this.#sql.totalPending.get()).n;
  }

  /** Pending rows of a recipient after a row, oldest first. */
  after(recipient: UserId, n: number, limit: number): OutboxRow[] {
    return this.#sql.after.all(recipient, n, limit).map((found) => row.parse(found));
  }

  /** Which rows of a recipient up to a row are pending still, each with its event. */
  stillPending(recipient: UserId, upTo: number): Map<number, EventId> {
    const found = this.#sql.stillPending.all(recipient, upTo).map((one) => numbered.parse(one));
    return new Map(found.map(({ n, event_id }) => [n, event_id]));
  }

  row(n: number): OutboxRow | undefined {
    const found = this.#sql.row.get(n);
    return found && row.parse(found);
  }

  waiting(recipient: UserId): Set<EventId> {
    return new Set(this.#sql.waiting.all(recipient).map((found) => ofEvent.parse(found).event_id));
  }

  /** Writes a move; undefined if the row was purged, settled or pruned meanwhile. */
  write({ n, stage, code, settled }: Move, attempts: number, now: string): OutboxRow | undefined {
    const found = this.#sql.write.get(stage, code ?? null, attempts, settled ? 1 : 0, now, n);
    if (found && settled) this.#settledSincePrune += 1;
    return found && row.parse(found);
  }

  /**
   * Takes the pending rows back, of one position or all. What was never sent is deleted. What was sent may be at the
   * recipient already, so it stays for display, settled, and is not sent again; the number it leaves behind is skipped
   * by `base`. A `share_revoked` is never taken back: it is what ends copies that were granted before these rows.
   */
  purge(
    recipient: UserId,
    position: PositionId | undefined,
    wasSent: (n: number) => boolean,
    now: string,
  ): OutboxRow[] {
    const found = this.#sql.purgeable.all(recipient, position ?? null, position ?? null);
    const rows = found.map((each) => row.parse(each));
    for (const { n, attempts } of rows) {
      if (attempts === 0 && !wasSent(n)) this.#sql.delete.run(n);
      else this.#sql.giveUp.run('expired', 'purged', now, n);
    }
    return rows;
  }

  /** Settles what has been pending since before a time. */
  expire(before: string, now: string): OutboxRow[] {
    return this.#sql.expire.all('expired', 'age', now, before).map((found) => row.parse(found));
  }

  /** The newest rows first. */
  entries(event: EventId | undefined, limit: number): OutboxEntry[] {
    const found = event ? this.#sql.ofEvent.all(event, limit) : this.#sql.newest.all(limit);
    return found.map((each) => entryOf(row.parse(each)));
  }

  prune(): void {
    if (this.#settledSincePrune < this.#options.pruneEvery) return;
    this.#settledSincePrune = 0;
    this.#sql.prune.run(this.#options.keptSettled);
  }
}

/** What the rest of the client asks of its outbox, wherever the rows are. */
export type OutboxRows = Pick<OutboxTable, keyof OutboxTable>;

export function entryOf({
  recipient,
  code,
  n: _n,
  data: _data,
  cause: _cause,
  ...rest
}: OutboxRow): OutboxEntry {
  return { ...rest, to: recipient, ...(code !== null && { code }) };
}
