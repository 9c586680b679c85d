import type { OutgoingEvent } from '../../client/collab-client.ts';
import { Refused } from '../../http/refused.ts';
import type { Cause, EventId, PositionId, UserId } from '../../protocol/ids.ts';
import type { PageFrame } from '../../protocol/page-socket.ts';
import type { Author, Position } from '../../protocol/positions.ts';
import type { SavedEvent } from '../saved-event.ts';
import { showPosition } from '../show-position.ts';
import type { HeldPosition, OwnPosition } from '../store/positions.ts';
import type { Store } from '../store/store.ts';

/** What an act of the user works with, inside its transaction. */
export interface ActContext {
  readonly me: Author;
  readonly store: Store;
  readonly now: string;
  readonly cause: Cause;
  /** The page's request, for the journal: `POST /api/v1/positions/ideas`. */
  readonly request: string;
  /** The origin of every `share_url`. */
  readonly publicUrl: string;
  readonly enqueue: (event: OutgoingEvent) => EventId;
  readonly purge: (rows: { readonly to: UserId; readonly position?: PositionId }) => void;
}

/** What an act did, and what is to be told and shown after its commit. */
export interface Done<Answer> {
  readonly answer: Answer;
  readonly saved: readonly SavedEvent[];
  readonly frames: readonly PageFrame[];
  readonly friendsChanged?: boolean;
}

/** Puts an event into the outbox; nothing where nobody is to get it. */
export function send(
  { enqueue, cause, request }: ActContext,
  draft: Omit<OutgoingEvent, 'cause'>,
): SavedEvent[] {
  if (draft.to.length === 0) return [];
  const event = { ...draft, cause };
  return [{ id: enqueue(event), event, request }];
}

export const idsOf = (saved: readonly SavedEvent[]): EventId[] => saved.map(({ id }) => id);

/** A position that can be seen: own, or a copy that has been fetched. */
export function visible(store: Store, id: PositionId): Exclude<HeldPosition, { kind: 'fetching' }> {
  const held = store.positions.find(id);
  if (!held || held.kind === 'fetching') throw new Refused('not_found');
  return held;
}

/** A position that this user may change. */
export function changeable(store: Store, id: PositionId): OwnPosition {
  const held = visible(store, id);
  if (held.kind === 'copy') throw new Refused('read_only');
  return held;
}

export const showOwn = (store: Store, held: OwnPosition): Position =>
  showPosition(held, { owner: true, readers: store.shares.readersOf(held.id) });
