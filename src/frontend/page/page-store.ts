import type { CommentId, PositionId, UserId } from '../../protocol/ids.ts';
import type { PageFrame } from '../../protocol/page-socket.ts';
import type { PositionChange, PositionDraft } from '../../protocol/positions.ts';
import { openLive } from './api/live.ts';
import { openApi, type Reply } from './api/rest.ts';
import type { Session } from './api/session.ts';
import { emptyState, type PageState } from './model/state.ts';
import { type Happening, update } from './model/update.ts';
import { refusalInWords } from './model/words.ts';

/** How an act ended: undefined, or why it was not done. */
export type Outcome = Promise<string | undefined>;

/** What the page knows, as it changes, and what its user can do. */
export interface PageStore {
  readonly subscribe: (listener: () => void) => () => void;
  readonly state: () => PageState;
  /** Reads a thread, if it was not read yet. */
  openThread(position: PositionId): void;
  share(position: PositionId, friend: UserId): Outcome;
  takeBack(position: PositionId, friend: UserId): Outcome;
  change(position: PositionId, change: PositionChange): Outcome;
  /** The same `id` again is the same comment. */
  comment(position: PositionId, text: string, id: CommentId): Outcome;
  /** With an id of the page's: the same draft again is the same position. */
  create(draft: PositionDraft): Outcome;
  befriend(user: UserId): Outcome;
  unfriend(user: UserId): Outcome;
  markRead(): void;
  /** Reads everything anew, where that went wrong. */
  readAgain(): void;
}

/** Starts to read everything and to follow the live socket; what was missed while it was lost is read anew. */
export function openPageStore(session: Session): PageStore {
  const api = openApi(session);
  const listeners = new Set<() => void>();
  let state = emptyState;
  /** Frames that came while everything was read: they may be newer than what was read. */
  let early: PageFrame[] | undefined;
  let reading = 0;
  let outboxReads = 0;
  /** How many comments have come in or been written. */
  let comments = 0;
  let presences = 0;

  const happen = (happening: Happening): void => {
    const isComment = happening.type === 'frame' && happening.frame.type === 'comment_added';
    if (isComment || happening.type === 'comment') comments += 1;
    state = update(state, happening);
    for (const listener of listeners) listener();
  };

  async function readAll(): Promise<void> {
    reading += 1;
    const mine = reading;
    early = [];
    const [positions, friends, notifications, readyz] = await Promise.all([
      api('listPositions'),
      api('listFriends'),
      api('listNotifications'),
      api('readyz'),
      readOutbox(),
      ...[...state.threads.keys()].map(readThread),
    ]);
    // Another round has begun since, because the socket was lost and came back.
    if (mine !== reading) return;
    const came = early;
    early = undefined;
    if (positions.is === 'answered') {
      happen({
        type: 'loaded',
        positions: positions.answer,
        // Without these, which a backend may not have, a page is still of use.
        friends: friends.is === 'answered' ? friends.answer : state.friends,
        notifications: notifications.is === 'answered' ? notifications.answer : state.notifications,
        relay: readyz.is === 'answered' ? !readyz.answer.waiting_for?.includes('relay') : undefined,
      });
    } else {
      const why = positions.is === 'silent' ? 'Your backend did not answer.' : refusalInWords(positions);
      happen({ type: 'trouble', why: why ?? '' });
    }
    for (const frame of came) take(frame);
  }

  async function readOutbox(): Promise<void> {
    outboxReads += 1;
    const mine = outboxReads;
    const reply = await api('readOutbox');
    // An answer to a later question says more, whichever comes first.
    if (mine === outboxReads && reply.is === 'answered')
      happen({ type: 'outbox', entries: reply.answer.entries });
  }

  async function readThread(position: PositionId): Promise<void> {
    for (;;) {
      const before = comments;
      const reply = await api('listComments', { params: { id: position } });
      if (reply.is !== 'answered') return;
      // One that came meanwhile may not be in it.
      if (comments !== before) continue;
      happen({ type: 'thread', position, comments: reply.answer });
      return;
    }
  }

  function take(frame: PageFrame): void {
    if (frame.type === 'presence') presences += 1;
    happen({ type: 'frame', frame });
    if (frame.type === 'hello') void readAll();
    if (frame.type === 'relay') void readOutbox();
    // A new friend is in nobody's list yet.
    if (
      frame.type === 'presence' &&
      !state.friends.some(({ user_id }) => user_id === frame.presence.user_id)
    ) {
      void readFriends();
    }
  }

  async function readFriends(): Promise<void> {
    for (;;) {
      const before = presences;
      const reply = await api('listFriends');
      if (reply.is !== 'answered') return;
      // Somebody came or went meanwhile.
      if (presences !== before) continue;
      happen({ type: 'friends', friends: reply.answer });
      return;
    }
  }

  /** What every act ends with: the outbox has grown, and a refusal is said. */
  function conclude(reply: Reply<unknown>, done: string): string | undefined {
    void readOutbox();
    const refusal = refusalInWords(reply);
    happen({ type: 'said', text: refusal ?? done });
    return refusal;
  }

  openLive({
    session,
    onSession: ({ user_id: id, display_name: name }) => happen({ type: 'session', me: { id, name } }),
    onFrame: (frame) => {
      if (early && frame.type !== 'hello') early.push(frame);
      else take(frame);
    },
    onLost: () => {
      happen({ type: 'lost' });
      // What can be read without the socket is shown without it.
      if (!state.loaded) void readAll();
    },
  });

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    state: () => state,
    openThread(position) {
      if (!state.threads.has(position)) void readThread(position);
    },
    async share(position, friend) {
      const reply = await api('sharePosition', { params: { id: position }, body: { friend_ids: [friend] } });
      if (reply.is === 'answered') happen({ type: 'position', position: reply.answer.position });
      return conclude(reply, 'Shared.');
    },
    async takeBack(position, friend) {
      const reply = await api('revokeShare', { params: { id: position, friend_id: friend } });
      if (reply.is === 'answered') happen({ type: 'position', position: reply.answer.position });
      return conclude(reply, 'Taken back.');
    },
    async change(position, change) {
      const reply = await api('updatePosition', { params: { id: position }, body: change });
      if (reply.is === 'answered') happen({ type: 'position', position: reply.answer.position });
      return conclude(reply, 'Saved.');
    },
    async comment(position, text, id) {
      const reply = await api('addComment', { params: { id: position }, body: { id, text } });
      if (reply.is === 'answered') happen({ type: 'comment', position, comment: reply.answer.comment });
      return conclude(reply, 'Comment written.');
    },
    async create(draft) {
      const reply = await api('createPosition', { body: draft });
      if (reply.is === 'answered') happen({ type: 'position', position: reply.answer });
      return conclude(reply, 'Position written.');
    },
    async befriend(user) {
      const reply = await api('befriend', { body: { user_id: user } });
      if (reply.is === 'answered') void readFriends();
      return conclude(reply, 'Friend added.');
    },
    async unfriend(user) {
      const reply = await api('unfriend', { params: { id: user } });
      // Positions have gone too, and the socket may be lost.
      if (reply.is === 'answered') void readAll();
      return conclude(reply, 'Friendship ended.');
    },
    markRead: () => happen({ type: 'read' }),
    readAgain: () => void readAll(),
  };
}
