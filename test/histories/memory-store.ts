import type { StoredComment } from '../../src/backend/store/comments.ts';
import type { FetchJob } from '../../src/backend/store/fetch-jobs.ts';
import type { HeldPosition } from '../../src/backend/store/positions.ts';
import type { Share } from '../../src/backend/store/shares.ts';
import type { Store } from '../../src/backend/store/store.ts';
import type { Notification } from '../../src/protocol/backend-rest.ts';
import type { PositionId, ShareId, UserId } from '../../src/protocol/ids.ts';
import { positionContent } from '../../src/protocol/positions.ts';
import type { MemoryDatabase } from './memory-database.ts';

type Numbered<Row> = Row & { readonly n: number };
type KeptComment = Numbered<StoredComment & { readonly position: PositionId }>;

const byNumber = (one: { readonly n: number }, other: { readonly n: number }): number => one.n - other.n;
const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const key = (...parts: string[]): string => parts.join(' ');

/**
 * A backend's store without SQLite: the same rows, orders and cascades (memory-store.test.ts holds it against the real
 * one), so that what the product decides about them can run ten thousand lives in seconds.
 */
export function memoryStore(db: MemoryDatabase): Store {
  const positions = db.table<Numbered<{ readonly held: HeldPosition }>>();
  const shares = db.table<Share & { readonly sharedAt: string }>();
  const revokes = db.table<UserId>();
  const ended = db.table<{ readonly owner: UserId; readonly share: ShareId }>();
  const comments = db.table<KeptComment>();
  const friends = db.table<{ readonly user: UserId; readonly state: 'friend' | 'leaving' }>();
  const seeded = db.table<true>();
  const notes = db.table<Numbered<{ readonly notification: Notification }>>();
  const jobs = db.table<FetchJob>();

  const shareOf = ({ position_id, reader_id, share_id }: Share): Share => ({
    position_id,
    reader_id,
    share_id,
  });
  const thread = (position: PositionId): KeptComment[] =>
    comments.where((one) => one.position === position).sort(byNumber);
  const after = (position: PositionId, id: string | undefined): KeptComment[] => {
    const from = id === undefined ? 0 : (comments.get(key(position, id))?.n ?? 0);
    return thread(position).filter(({ n }) => n > from);
  };
  const commentStore: Store['comments'] = {
    find: (position, id) => comments.get(key(position, id)),
    thread: (position) => thread(position).map(({ comment }) => comment),
    stored: (position) => thread(position),
    idsAfter: (position, id, limit) =>
      after(position, id)
        .slice(0, Math.max(0, limit))
        .map(({ comment }) => comment.id),
    page(position, id, { bytes, least }) {
      const page: KeptComment['comment'][] = [];
      let size = 0;
      for (const { comment } of after(position, id)) {
        size += Buffer.byteLength(JSON.stringify(comment)) + 1;
        if (size > bytes && page.length >= least) return { comments: page, more: true };
        page.push(comment);
      }
      return { comments: page, more: false };
    },
    carryWith(position, id, carrier) {
      const found = comments.get(key(position, id));
      if (found) comments.put(key(position, id), { ...found, eventId: carrier });
    },
    remove: (position, id) => void comments.delete(key(position, id)),
    add(position, comment, carrier) {
      if (!positions.get(position)) throw new Error('FOREIGN KEY constraint failed');
      if (comments.get(key(position, comment.id))) return;
      comments.put(key(position, comment.id), { n: comments.number(), position, comment, eventId: carrier });
    },
    merge(position, fetched) {
      const here = new Map(thread(position).map((one) => [one.comment.id, one]));
      comments.deleteWhere((one) => one.position === position);
      for (const comment of fetched) this.add(position, comment, here.get(comment.id)?.eventId);
      for (const { comment, eventId } of here.values()) this.add(position, comment, eventId);
    },
    removeSent: (position, carrier) =>
      void comments.deleteWhere((one) => one.position === position && one.eventId === carrier),
  };

  return {
    db,
    positions: {
      find: (id) => positions.get(id)?.held,
      list: () =>
        positions
          .rows()
          .sort(byNumber)
          .map(({ held }) => held)
          .filter((held) => held.kind !== 'fetching'),
      ofOwner: (owner) =>
        positions
          .where(({ held }) => held.ownerId === owner)
          .sort(byNumber)
          .map(({ held }) => held),
      createOwn(id, ownerId, draft, now) {
        if (positions.get(id)) throw new Error('UNIQUE constraint failed');
        const kept = { id, ownerId, version: 1, createdAt: now, updatedAt: now };
        const content = positionContent.parse(draft);
        positions.put(id, { n: positions.number(), held: { kind: 'own', ...kept, content, draft } });
      },
      hold(id, ownerId, { shareId, shareUrl }, now) {
        const row = positions.get(id);
        if (row) {
          if (row.held.kind !== 'own')
            positions.put(id, { ...row, held: { ...row.held, shareId, shareUrl } });
          return;
        }
        const kept = { id, ownerId, shareId, shareUrl, createdAt: now, updatedAt: now };
        positions.put(id, { n: positions.number(), held: { kind: 'fetching', ...kept } });
      },
      change(id, version, content, updatedAt) {
        const row = positions.get(id);
        if (!row || row.held.kind === 'fetching') return;
        positions.put(id, { ...row, held: { ...row.held, version, content, updatedAt } });
      },
      fill(id, { version, content, createdAt, updatedAt }) {
        const row = positions.get(id);
        if (!row || row.held.kind === 'own') return;
        const filled = { kind: 'copy', version, content, createdAt, updatedAt } as const;
        positions.put(id, { ...row, held: { ...row.held, ...filled } });
      },
      remove(id) {
        positions.delete(id);
        comments.deleteWhere(({ position }) => position === id);
        shares.deleteWhere(({ position_id }) => position_id === id);
        jobs.delete(id);
      },
    },
    shares: {
      find(position, reader) {
        const share = shares.get(key(position, reader));
        return share && shareOf(share);
      },
      readersOf: (position) =>
        shares
          .where(({ position_id }) => position_id === position)
          .sort(
            (one, other) => byText(one.sharedAt, other.sharedAt) || byText(one.reader_id, other.reader_id),
          )
          .map(({ reader_id }) => reader_id),
      ofReader: (reader) =>
        shares
          .where(({ reader_id }) => reader_id === reader)
          .sort(
            (one, other) =>
              byText(one.sharedAt, other.sharedAt) || byText(one.position_id, other.position_id),
          )
          .map(shareOf),
      ofReaderAfter: (reader, position, limit) =>
        shares
          .where(({ reader_id, position_id }) => reader_id === reader && position_id > (position ?? ''))
          .sort((one, other) => byText(one.position_id, other.position_id))
          .slice(0, Math.max(0, limit))
          .map(shareOf),
      grant(position_id, reader_id, share_id, sharedAt) {
        if (!positions.get(position_id)) throw new Error('FOREIGN KEY constraint failed');
        if (shares.get(key(position_id, reader_id))) throw new Error('UNIQUE constraint failed');
        shares.put(key(position_id, reader_id), { position_id, reader_id, share_id, sharedAt });
      },
      take: ({ position_id, reader_id }) => void shares.delete(key(position_id, reader_id)),
      awaitRevoke(event, reader) {
        if (revokes.get(key(reader, event))) throw new Error('UNIQUE constraint failed');
        revokes.put(key(reader, event), reader);
      },
      awaitsRevokes: (reader) => revokes.where((other) => other === reader).length > 0,
      settleRevoke: (event, reader) => revokes.delete(key(reader, event)),
    },
    endedShares: {
      has: (owner, share) => ended.get(key(owner, share)) !== undefined,
      of: (owner) => new Set(ended.where((one) => one.owner === owner).map(({ share }) => share)),
      note: (owner, share) => share !== undefined && ended.put(key(owner, share), { owner, share }),
      forget: (owner, share) => share !== undefined && ended.delete(key(owner, share)),
    },
    comments: commentStore,
    friends: {
      seed(users) {
        if (seeded.get('friends')) return;
        seeded.put('friends', true);
        for (const user of users) friends.put(user, { user, state: 'friend' });
      },
      stateOf: (user) => friends.get(user)?.state ?? 'stranger',
      declaration() {
        const sorted = friends.rows().sort((one, other) => byText(one.user, other.user));
        const those = (wanted: string) =>
          sorted.filter(({ state }) => state === wanted).map(({ user }) => user);
        return { friends: those('friend'), leaving: those('leaving') };
      },
      set: (user, state) => friends.put(user, { user, state }),
      remove: (user) => void friends.delete(user),
    },
    // Names and keys are display and trust: no decision about events hangs on them.
    peers: { find: () => undefined, note: () => {} },
    notifications: {
      add(draft, now) {
        const n = notes.number();
        const notification = { ...draft, id: `n${n}`, created_at: now };
        notes.put(`${n}`, { n, notification });
        return notification;
      },
      newest: (limit) =>
        notes
          .rows()
          .sort((one, other) => byNumber(other, one))
          .slice(0, limit)
          .map(({ notification }) => notification),
    },
    fetchJobs: {
      put({ positionId, ownerId, shareId, shareUrl, originChecked, wanted, event }) {
        if (!positions.get(positionId)) throw new Error('FOREIGN KEY constraint failed');
        jobs.put(positionId, {
          n: jobs.number(),
          position_id: positionId,
          owner_id: ownerId,
          share_id: shareId,
          share_url: shareUrl,
          origin_checked: originChecked,
          wanted,
          event,
          attempts: 0,
          due_at: 0,
        });
      },
      want(position, version) {
        const job = jobs.get(position);
        if (job) jobs.put(position, { ...job, wanted: Math.max(job.wanted, version), due_at: 0 });
      },
      adopt(n, event) {
        for (const job of jobs.where((one) => one.n === n)) jobs.put(job.position_id, { ...job, event });
      },
      find: (position) => jobs.get(position),
      list: () => jobs.rows().sort((one, other) => one.due_at - other.due_at || byNumber(one, other)),
      postpone(n, dueAt) {
        for (const job of jobs.where((one) => one.n === n)) {
          jobs.put(job.position_id, { ...job, attempts: job.attempts + 1, due_at: Math.ceil(dueAt) });
        }
      },
      makeDue(owner) {
        for (const job of jobs.where(({ owner_id }) => owner_id === owner)) {
          jobs.put(job.position_id, { ...job, due_at: 0 });
        }
      },
      remove: (n) => void jobs.deleteWhere((job) => job.n === n),
    },
  };
}
