import type { OutgoingEvent } from '../client/collab-client.ts';
import { contentDigest } from '../client/content-digest.ts';
import type { Holding, Holdings, Offer, ResyncAction } from '../client/plan-resync.ts';
import type { CommentId, EventId, PositionId, UserId } from '../protocol/ids.ts';
import type { PageFrame } from '../protocol/page-socket.ts';
import { nameOf, notify } from './effects/effect.ts';
import type { SavedEvent } from './saved-event.ts';
import { showPosition } from './show-position.ts';
import type { HeldPosition } from './store/positions.ts';
import type { Store } from './store/store.ts';

/** What is held here of a friend's; `waiting` are the events that the friend has not settled. */
export function holdingsOf(
  friend: UserId,
  {
    me,
    store,
    waiting,
  }: { readonly me: UserId; readonly store: Store; readonly waiting: ReadonlySet<EventId> },
): Holdings {
  const comments = (id: PositionId) =>
    store.comments.stored(id).map(({ comment, eventId }) => {
      const onItsWay = eventId !== undefined && waiting.has(eventId);
      const mine = comment.user.id !== me ? undefined : onItsWay ? 'waiting' : 'sent';
      return { id: comment.id, mine } as const;
    });
  const positions = store.positions.ofOwner(friend).flatMap((held): Holding[] => {
    if (held.kind === 'own') return [];
    const { id: position, shareId: share } = held;
    const wanted = store.fetchJobs.find(position)?.wanted;
    return held.kind === 'fetching'
      ? [{ position, share, version: undefined, digest: undefined, wanted, comments: [] }]
      : [
          {
            position,
            share,
            version: held.version,
            digest: contentDigest(held.content),
            wanted,
            comments: comments(position),
          },
        ];
  });
  return { positions, ended: store.endedShares.of(friend) };
}

export interface ResyncContext {
  readonly me: UserId;
  readonly friend: UserId;
  readonly store: Store;
  readonly now: string;
  /** The address that the friend has registered. */
  readonly registered: string;
  readonly enqueue: (event: OutgoingEvent) => EventId;
}

/** What a comparison led to, to be told and shown after its commit. */
export interface Resynced {
  readonly fetches: number;
  readonly removed: number;
  readonly commentsRemoved: number;
  readonly saved: readonly SavedEvent[];
  readonly frames: readonly PageFrame[];
}

/** Writes what was decided about one friend's positions; call it inside a transaction. */
export function applyResync(actions: readonly ResyncAction[], context: ResyncContext): Resynced {
  const { store, friend } = context;
  const saved: SavedEvent[] = [];
  const frames: PageFrame[] = [];
  const done = { fetches: 0, removed: 0, commentsRemoved: 0 };
  for (const action of actions) {
    const held = store.positions.find(action.do === 'fetch' ? action.offer.position : action.position);
    // An id that somebody else's position has cannot be filled, whatever this friend says.
    if (held && (held.kind === 'own' || held.ownerId !== friend)) continue;
    switch (action.do) {
      case 'fetch':
        fetchAgain(action.offer, held, context);
        done.fetches += 1;
        break;
      case 'remove':
        if (!held) break;
        frames.push(...removed(held, context));
        done.removed += 1;
        break;
      case 'forget':
        for (const id of action.comments) store.comments.remove(action.position, id);
        if (held?.kind === 'copy') frames.push({ type: 'position', position: showPosition(held, notOwner) });
        done.commentsRemoved += action.comments.length;
        break;
      case 'send-again':
        for (const id of action.comments) saved.push(...sendAgain(action.position, id, context));
        break;
      default:
        action satisfies never;
    }
  }
  return { ...done, saved, frames };
}

const notOwner = { owner: false } as const;

/** Also what is newer here than at its owner's goes back: the owner's database was put back to an earlier day. */
function fetchAgain(
  offer: Offer,
  held: Exclude<HeldPosition, { kind: 'own' }> | undefined,
  context: ResyncContext,
) {
  const { store, friend, registered, now } = context;
  const { position, version } = offer;
  const shareId = offer.share ?? held?.shareId;
  const path = `/api/v1/positions/ideas/${position}`;
  const grant = { shareId, shareUrl: held?.shareUrl ?? `${new URL(registered).origin}${path}` };
  store.endedShares.forget(friend, shareId);
  const event = store.fetchJobs.find(position)?.event;
  store.positions.hold(position, friend, grant, now);
  store.fetchJobs.put({
    positionId: position,
    ownerId: friend,
    ...grant,
    originChecked: true,
    wanted: version,
    // Whoever waits for an event that was not stored yet still does.
    event,
  });
}

function removed(held: Exclude<HeldPosition, { kind: 'own' }>, context: ResyncContext): PageFrame[] {
  const { store, friend } = context;
  store.endedShares.note(friend, held.shareId);
  store.positions.remove(held.id);
  // Its user never saw what was not stored yet.
  if (held.kind === 'fetching') return [];
  const notice = notify(context, {
    kind: 'share_revoked',
    text: `${nameOf(store, friend)} no longer shares ${held.content.symbol}.`,
    from_user: friend,
    position_id: held.id,
  });
  return [{ type: 'position_removed', position_id: held.id }, notice];
}

/** The same comment in a new event: an owner who has it after all takes it for what it is. */
function sendAgain(
  position: PositionId,
  id: CommentId,
  { store, friend, enqueue }: ResyncContext,
): SavedEvent[] {
  const comment = store.comments.find(position, id)?.comment;
  if (!comment) return [];
  const event = { type: 'comment_added', data: { position_id: position, comment }, to: [friend] } as const;
  const event_id = enqueue(event);
  store.comments.carryWith(position, id, event_id);
  return [{ id: event_id, event, request: undefined }];
}
