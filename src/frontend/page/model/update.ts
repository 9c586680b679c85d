import type { Friend, Notification, OutboxEntry } from '../../../protocol/backend-rest.ts';
import type { PositionId } from '../../../protocol/ids.ts';
import type { PageFrame } from '../../../protocol/page-socket.ts';
import type { Comment, Position } from '../../../protocol/positions.ts';
import { stillFetching } from './fetching.ts';
import type { Me, PageState } from './state.ts';

/** What can happen to a page. */
export type Happening =
  | { readonly type: 'lost' }
  | { readonly type: 'session'; readonly me: Me }
  | { readonly type: 'frame'; readonly frame: PageFrame }
  | {
      readonly type: 'loaded';
      readonly positions: readonly Position[];
      readonly friends: readonly Friend[];
      readonly notifications: readonly Notification[];
      readonly relay: boolean | undefined;
    }
  | { readonly type: 'trouble'; readonly why: string }
  | { readonly type: 'outbox'; readonly entries: readonly OutboxEntry[] }
  | { readonly type: 'friends'; readonly friends: readonly Friend[] }
  | { readonly type: 'position'; readonly position: Position }
  | { readonly type: 'thread'; readonly position: PositionId; readonly comments: readonly Comment[] }
  | { readonly type: 'comment'; readonly position: PositionId; readonly comment: Comment }
  | { readonly type: 'read' }
  | { readonly type: 'said'; readonly text: string };

const mostNotifications = 100;

export function update(state: PageState, happening: Happening): PageState {
  switch (happening.type) {
    case 'lost':
      if (state.connection !== 'live') return { ...state, connection: 'lost' };
      return say({ ...state, connection: 'lost' }, 'The connection to your backend is lost. Reconnecting.');
    case 'session':
      return { ...state, me: happening.me };
    case 'frame':
      return takeFrame(state, happening.frame);
    case 'loaded': {
      const { positions, friends, notifications, relay } = happening;
      const byId = new Map(positions.map((position) => [position.id, position]));
      return {
        ...state,
        loaded: true,
        trouble: undefined,
        positions: byId,
        friends,
        notifications,
        relay: relay ?? state.relay,
        fetching: stillFetching(byId, notifications, friends),
      };
    }
    case 'trouble':
      return { ...state, trouble: happening.why };
    case 'outbox':
      return { ...state, outbox: outboxOf(state.outbox, happening.entries) };
    case 'friends':
      return { ...state, friends: happening.friends };
    case 'position':
      return withPosition(state, happening.position);
    case 'thread':
      return { ...state, threads: new Map(state.threads).set(happening.position, happening.comments) };
    case 'comment':
      return withComment(state, happening.position, happening.comment);
    case 'read':
      return { ...state, unread: 0 };
    case 'said':
      return say(state, happening.text);
    default:
      return happening satisfies never;
  }
}

function takeFrame(state: PageState, frame: PageFrame): PageState {
  switch (frame.type) {
    case 'hello': {
      const back = state.connection === 'lost' && state.loaded;
      const live: PageState = { ...state, connection: 'live' };
      return back ? say(live, 'The connection to your backend is back.') : live;
    }
    case 'position':
      return withPosition(state, frame.position);
    case 'position_removed':
      return withoutPosition(state, frame.position_id);
    case 'position_shared': {
      const { position_id: id } = frame.data;
      if (state.positions.has(id)) return state;
      const fetching = new Map(state.fetching).set(id, { id, owner: frame.from_user });
      return { ...state, fetching };
    }
    case 'comment_added':
      return withComment(state, frame.data.position_id, frame.data.comment);
    case 'notification':
      return withNotification(state, frame.notification);
    case 'receipt':
      return { ...state, outbox: new Map(state.outbox).set(keyOf(frame.entry), frame.entry) };
    case 'presence':
      return { ...state, friends: state.friends.map((friend) => present(friend, frame.presence)) };
    case 'relay': {
      if (state.relay === frame.connected) return state;
      const text = frame.connected
        ? 'Your backend reaches others again.'
        : 'Your backend cannot reach others now. Changes wait until it can.';
      return say({ ...state, relay: frame.connected }, text);
    }
    // What these did to a position comes as a `position` or `position_removed` of its own.
    case 'position_updated':
    case 'share_revoked':
      return state;
    default:
      return frame satisfies never;
  }
}

/** What was read, but for stages that the socket told of meanwhile. */
function outboxOf(held: PageState['outbox'], read: readonly OutboxEntry[]): PageState['outbox'] {
  return new Map(read.toReversed().map((one) => [keyOf(one), later(held.get(keyOf(one)), one)]));
}

function later(held: OutboxEntry | undefined, read: OutboxEntry): OutboxEntry {
  if (!held) return read;
  const ahead = Date.parse(held.updated_at) - Date.parse(read.updated_at);
  return ahead > 0 || (ahead === 0 && held.settled) ? held : read;
}

export const keyOf = ({ event_id, to }: OutboxEntry): string => `${event_id} ${to}`;

const say = (state: PageState, text: string): PageState => ({
  ...state,
  said: { n: state.said.n + 1, text },
});

function withPosition(state: PageState, position: Position): PageState {
  const held = state.positions.get(position.id);
  // A frame that was under way while everything was read anew.
  if (held && held.version > position.version) return state;
  const fetching = new Map(state.fetching);
  fetching.delete(position.id);
  return { ...state, fetching, positions: new Map(state.positions).set(position.id, position) };
}

function withoutPosition(state: PageState, id: PositionId): PageState {
  const [positions, fetching, threads] = [
    new Map(state.positions),
    new Map(state.fetching),
    new Map(state.threads),
  ];
  for (const map of [positions, fetching, threads]) map.delete(id);
  return { ...state, positions, fetching, threads };
}

/** Into a thread that is open; any other is read when it is opened. */
function withComment(state: PageState, id: PositionId, comment: Comment): PageState {
  const thread = state.threads.get(id);
  if (!thread || thread.some((one) => one.id === comment.id)) return state;
  return { ...state, threads: new Map(state.threads).set(id, [...thread, comment]) };
}

function withNotification(state: PageState, notification: Notification): PageState {
  if (state.notifications.some(({ id }) => id === notification.id)) return state;
  const { kind, position_id: position, comment_id: comment } = notification;
  const told = say(
    {
      ...state,
      notifications: [notification, ...state.notifications].slice(0, mostNotifications),
      unread: state.unread + 1,
    },
    notification.text,
  );
  if (position === undefined) return told;
  if (kind === 'fetch_failed') return withoutPlaceholder(told, position);
  if (kind !== 'refused' && kind !== 'expired') return told;
  const thread = told.threads.get(position);
  if (!thread || comment === undefined) return told;
  // Its owner does not have it: it belongs to nobody's thread.
  const left = thread.filter(({ id }) => id !== comment);
  return { ...told, threads: new Map(told.threads).set(position, left) };
}

function withoutPlaceholder(state: PageState, id: PositionId): PageState {
  const fetching = new Map(state.fetching);
  fetching.delete(id);
  return { ...state, fetching };
}

function present(friend: Friend, presence: Extract<PageFrame, { type: 'presence' }>['presence']): Friend {
  if (friend.user_id !== presence.user_id) return friend;
  const { status, display_name, last_seen } = presence;
  return { ...friend, status, display_name, last_seen };
}
