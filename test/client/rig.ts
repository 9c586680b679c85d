import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import type {
  CollabClient,
  CollabClientOptions,
  CollabClientTiming,
  OutgoingEvent,
} from '../../src/client/collab-client.ts';
import { inTransaction, openCollabClient } from '../../src/client/index.ts';
import type { InboxRecord, OutboxEntry } from '../../src/protocol/backend-rest.ts';
import { type EventId, positionId, type UserId, userId } from '../../src/protocol/ids.ts';
import { type Presence, peerKey } from '../../src/protocol/presence.ts';
import type { Happening } from '../../src/protocol/records.ts';

export const alice = userId.parse('alice');
export const bob = userId.parse('bob');
export const carol = userId.parse('carol');
export const berlin = positionId.parse('berlin');

export const aPeerKey = peerKey.parse({ kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) });

const timing: CollabClientTiming = {
  ackDelayMs: 5,
  replyTimeoutMs: 500,
  sweepMs: 60_000,
  reconnectMinMs: 10,
  reconnectMaxMs: 50,
};

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'collab-client-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function temporaryDatabase(): string {
  return join(temporaryFolder(), 'backend.sqlite');
}

export function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 1000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  return db;
}

/** An event about alice's position, complete; override what the test is about. */
export const anEvent = (overrides: Partial<OutgoingEvent> = {}): OutgoingEvent => ({
  type: 'position_updated',
  data: { position_id: berlin, updates: { notes: 'rolled' } },
  to: [bob],
  ...overrides,
});

export interface UserOptions extends Partial<Omit<CollabClientOptions, 'timing'>> {
  readonly friends?: never;
  readonly with?: readonly UserId[];
  readonly file?: string;
  readonly timing?: Partial<CollabClientTiming>;
}

/** A user's client on a real database, with everything that it said. */
export interface User {
  readonly client: CollabClient;
  readonly db: DatabaseSync;
  readonly file: string;
  readonly told: Happening[];
  readonly committed: InboxRecord[];
  readonly moved: OutboxEntry[];
  readonly settled: OutboxEntry[];
  readonly presences: Presence[];
  /** The ids that apply() has written, in the order of their commits. */
  applied(): string[];
  /** Enqueues in a transaction of its own, as a backend does. */
  send(event?: OutgoingEvent): EventId;
  stageOf(event: EventId, to?: UserId): string | undefined;
  /** Resolves as soon as it holds; looked at again after everything that the client says. */
  until(holds: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function openUser(url: string, name: UserId, options: UserOptions = {}): Promise<User> {
  const { with: friends = [alice, bob, carol], file = temporaryDatabase(), ...rest } = options;
  const db = openDatabase(file);
  db.exec('CREATE TABLE IF NOT EXISTS applied (n INTEGER PRIMARY KEY, id TEXT NOT NULL)');
  const told: Happening[] = [];
  const committed: InboxRecord[] = [];
  const moved: OutboxEntry[] = [];
  const settled: OutboxEntry[] = [];
  const presences: Presence[] = [];
  const waiting = new Set<() => void>();
  const noting =
    <T>(list: T[]) =>
    (item: T) => {
      list.push(item);
      for (const look of waiting) look();
    };
  const writeApplied = db.prepare('INSERT INTO applied (id) VALUES (?)');

  const client = await openCollabClient({
    db,
    user: name,
    displayName: name,
    backendUrl: `http://127.0.0.1:8000/${name}`,
    collabUrl: url,
    token: async () => undefined,
    friends: () => ({ friends: friends.filter((friend) => friend !== name), leaving: [] }),
    peerKey: aPeerKey,
    acks: true,
    outboxLimit: 10_000,
    onCommitted: noting(committed),
    onOutbox: noting(moved),
    onSettled: (entry) => settled.push(entry),
    onPresence: noting(presences),
    onConnection: () => {
      for (const look of waiting) look();
    },
    tell: noting(told),
    ...rest,
    timing: { ...timing, ...options.timing },
    apply: (event) => {
      const applied = options.apply?.(event) ?? { outcome: 'applied' };
      if (applied.outcome === 'applied') writeApplied.run(event.id);
      return applied;
    },
  });
  let stopped: Promise<void> | undefined;
  const close = async () => {
    await client[Symbol.asyncDispose]();
    if (db.isOpen) db.close();
  };
  const stop = () => {
    stopped ??= close();
    return stopped;
  };
  onTestFinished(stop);

  return {
    client,
    db,
    file,
    told,
    committed,
    moved,
    settled,
    presences,
    stop,
    applied: () =>
      db
        .prepare('SELECT id FROM applied ORDER BY n')
        .all()
        .map(({ id }) => String(id)),
    send: (event = anEvent()) => {
      const id = inTransaction(db, () => client.enqueue(event));
      client.committed();
      return id;
    },
    stageOf: (eventId, to) =>
      client.outbox({ eventId, limit: 100 }).entries.find((entry) => to === undefined || entry.to === to)
        ?.stage,
    until: (holds) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (!holds()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      return promise;
    },
  };
}
