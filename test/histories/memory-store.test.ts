import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/backend/store/database.ts';
import { type Store, storeIn } from '../../src/backend/store/store.ts';
import { type OutboxRows, OutboxTable } from '../../src/client/outbox-table.ts';
import { inTransaction } from '../../src/client/transaction.ts';
import { commentId, eventId, shareId } from '../../src/protocol/ids.ts';
import { positionContent, positionDraft } from '../../src/protocol/positions.ts';
import { MemoryDatabase } from './memory-database.ts';
import { memoryStore } from './memory-store.ts';
import { memoryOutbox } from './memory-tables.ts';
import { alice, bob, carol, idOf } from './world.ts';

interface Tables {
  readonly store: Store;
  readonly outbox: OutboxRows;
}

const [one, two] = [idOf(alice, 'one'), idOf(alice, 'two')];
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-02T00:00:00.000Z';
const draft = positionDraft.parse({ symbol: 'SAP' });
const content = positionContent.parse({ ...draft, notes: 'changed' });
const grant = { shareId: shareId.parse('s1'), shareUrl: 'http://alice.test/one' };
const comment = (id: string) => ({
  id: commentId.parse(id),
  text: 'hello',
  user: { id: bob, display_name: 'Bob' },
  created_at: at,
});
const job = {
  ownerId: alice,
  ...grant,
  originChecked: true,
  wanted: 2,
  event: undefined,
};
const update = (notes: string) => ({
  type: 'position_updated' as const,
  data: { position_id: one, version: 2, updates: { notes } },
  to: [bob],
});
const revoke = { type: 'share_revoked' as const, data: { position_id: one }, to: [bob] };
const event = (name: string) => eventId.parse(name);

const position = fc.constantFrom(one, two);
const user = fc.constantFrom(alice, bob, carol);
const commentName = fc.constantFrom('c1', 'c2', 'c3');
const eventName = fc.constantFrom('e1', 'e2', 'e3', 'e4').map(event);
const row = fc.integer({ min: 1, max: 4 });
type Operation = (tables: Tables) => unknown;
const op = <Args extends unknown[]>(
  args: { [K in keyof Args]: fc.Arbitrary<Args[K]> },
  run: (tables: Tables, ...args: Args) => unknown,
): fc.Arbitrary<Operation> => fc.tuple<Args>(...args).map((given) => (tables) => run(tables, ...given));

const operation = fc.oneof(
  op([position], ({ store }, id) => store.positions.createOwn(id, alice, draft, at)),
  op([position, user], ({ store }, id, owner) => {
    if (store.positions.find(id)?.kind === 'own') return;
    store.positions.hold(id, owner, grant, at);
  }),
  op([position], ({ store }, id) => store.positions.remove(id)),
  // What the product never does (a change of what is not fetched yet, a grant of somebody else on an own position) is
  // left out: in memory such rows cannot even be written.
  op([position, row], ({ store }, id, version) => {
    if (store.positions.find(id)?.kind === 'fetching') return;
    store.positions.change(id, version, content, later);
  }),
  op([position, row], ({ store }, id, version) => {
    if (store.positions.find(id)?.kind === 'own') return;
    store.positions.fill(id, { version, content, createdAt: at, updatedAt: later });
  }),
  op([position, user, eventName], ({ store }, id, to, name) =>
    store.shares.grant(id, to, shareId.parse(name), name === 'e1' ? at : later),
  ),
  op([position, user], ({ store }, id, to) => {
    const share = store.shares.find(id, to);
    if (share) store.shares.take(share);
  }),
  op([eventName, user], ({ store }, id, to) => store.shares.awaitRevoke(id, to)),
  op([eventName, user], ({ store }, id, to) => store.shares.settleRevoke(id, to)),
  op([user], ({ store }, owner) => store.endedShares.note(owner, grant.shareId)),
  op([user], ({ store }, owner) => store.endedShares.forget(owner, grant.shareId)),
  op([position, commentName], ({ store }, id, name) => store.comments.add(id, comment(name))),
  op([position, commentName, eventName], ({ store }, id, name, by) =>
    store.comments.add(id, comment(name), by),
  ),
  op([position, fc.array(commentName)], ({ store }, id, names) =>
    store.comments.merge(id, names.map(comment)),
  ),
  op([position, commentName], ({ store }, id, name) => store.comments.remove(id, commentId.parse(name))),
  op([position, commentName, eventName], ({ store }, id, name, by) =>
    store.comments.carryWith(id, commentId.parse(name), by),
  ),
  op([position, eventName], ({ store }, id, by) => store.comments.removeSent(id, by)),
  op([user, fc.constantFrom('friend', 'leaving')], ({ store }, who, state) => store.friends.set(who, state)),
  op([user], ({ store }, who) => store.friends.remove(who)),
  op([position], ({ store }, positionId) => store.fetchJobs.put({ positionId, ...job })),
  op([position, row], ({ store }, id, version) => store.fetchJobs.want(id, version)),
  op([row, row], ({ store }, n, due) => store.fetchJobs.postpone(n, due)),
  op([user], ({ store }, owner) => store.fetchJobs.makeDue(owner)),
  op([row], ({ store }, n) => store.fetchJobs.remove(n)),
  op([eventName, user], ({ outbox }, id, to) => outbox.insert(update('new'), id, [to], at)),
  op([eventName, user], ({ outbox }, id, to) => outbox.insert(revoke, id, [to], at)),
  op([eventName, user], ({ outbox }, id, to) => {
    const newest = outbox.newestUpdate(to, one);
    if (newest) outbox.replace(newest, id, update('merged'), later);
  }),
  op([row, fc.boolean()], ({ outbox }, n, settled) =>
    outbox.write({ n, id: event('e1'), stage: 'delivered', ...(settled && { settled }) }, 1, later),
  ),
  op([user, row], ({ outbox }, to, sent) => outbox.purge(to, undefined, (n) => n === sent, later)),
  op([user], ({ outbox }, to) => outbox.purge(to, two, () => false, later)),
  op([fc.constantFrom(at, later)], ({ outbox }, before) => outbox.expire(before, later)),
);

/** Everything that can be asked of both. */
function shown({ store, outbox }: Tables): unknown {
  const ofUser = (who: typeof alice) => ({
    held: store.positions.ofOwner(who),
    shared: [store.shares.ofReader(who), store.shares.ofReaderAfter(who, one, 1)],
    awaits: store.shares.awaitsRevokes(who),
    ended: [...store.endedShares.of(who)],
    pending: [outbox.pendingOf(who), outbox.after(who, 1, 2), outbox.newestUpdate(who, one)],
    waiting: [[...outbox.waiting(who)].sort(), [...outbox.stillPending(who, 3)].sort()],
  });
  const ofPosition = (id: typeof one) => ({
    held: store.positions.find(id),
    readers: store.shares.readersOf(id),
    thread: store.comments.stored(id).map(({ comment: said, eventId: by }) => [said, by]),
    after: store.comments.idsAfter(id, commentId.parse('c1'), 2),
    page: store.comments.page(id, undefined, { bytes: 150, least: 1 }),
    job: store.fetchJobs.find(id),
  });
  const due = store.fetchJobs.list().map(({ n, due_at }) => [n, due_at]);
  const rows = [
    outbox.totalPending(),
    [...outbox.pending()].filter(([, n]) => n > 0).sort(),
    outbox.oldestPending(),
  ];
  const entries = outbox.entries(undefined, 50);
  const lists = { listed: store.positions.list(), due, rows, entries, friends: store.friends.declaration() };
  return JSON.parse(
    JSON.stringify({ ...lists, of: [alice, bob, carol].map(ofUser), at: [one, two].map(ofPosition) }),
  );
}

test('tables in memory hold, order and undo what those of SQLite do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'collab-histories-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let n = 0;
  const transactions = fc.array(fc.tuple(fc.array(operation, { minLength: 1, maxLength: 4 }), fc.boolean()), {
    minLength: 5,
    maxLength: 20,
    size: 'max',
  });
  fc.assert(
    fc.property(transactions, (all) => {
      n += 1;
      const onDisk = openDatabase(join(folder, `${n}`));
      const inMemory = new MemoryDatabase();
      const limits = { limit: 1000, keptSettled: 1000, pruneEvery: 1000 };
      const sides = [
        { db: onDisk, store: storeIn(onDisk), outbox: new OutboxTable(onDisk, limits) },
        { db: inMemory, store: memoryStore(inMemory), outbox: memoryOutbox(inMemory) },
      ];
      try {
        for (const [operations, isRolledBack] of all) {
          const [there, here] = sides.map((side) => {
            const outcome = attempt(() =>
              inTransaction(side.db, () => {
                for (const each of operations) each(side);
                if (isRolledBack) throw new Error('rolled back');
              }),
            );
            return { outcome, shown: shown(side) };
          });
          expect(here).toEqual(there);
        }
      } finally {
        onDisk.close();
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

function attempt(work: () => void): 'done' | 'failed' {
  try {
    work();
    return 'done';
  } catch {
    return 'failed';
  }
}
