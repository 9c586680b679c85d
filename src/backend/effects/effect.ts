import type { Applied, OutgoingEvent } from '../../client/collab-client.ts';
import type { EventId, UserId } from '../../protocol/ids.ts';
import type { PageFrame } from '../../protocol/page-socket.ts';
import type { SavedEvent } from '../saved-event.ts';
import type { NewNotification } from '../store/notifications.ts';
import type { Store } from '../store/store.ts';

/** What an effect works with, inside the inbox transaction. */
export interface EffectContext {
  readonly me: UserId;
  readonly store: Store;
  readonly now: string;
  readonly enqueue: (event: OutgoingEvent) => EventId;
  /** The address that a friend registered at the relay, as far as the relay has told it. */
  readonly registeredUrl: (user: UserId) => string | undefined;
}

/** What an event did, and what is still to be done about it after the commit. */
export interface Effect {
  readonly applied: Applied;
  /** When pages get the event itself: at once, or with the copy that is still being fetched. */
  readonly show: 'now' | 'when-stored' | 'never';
  /** For the pages, after the event. */
  readonly frames: readonly PageFrame[];
  readonly saved: readonly SavedEvent[];
}

export const applied = (frames: readonly PageFrame[] = [], saved: readonly SavedEvent[] = []): Effect => ({
  applied: { outcome: 'applied' },
  show: 'now',
  frames,
  saved,
});

export const refused = (code: string): Effect => ({
  applied: { outcome: 'refused', code },
  show: 'never',
  frames: [],
  saved: [],
});

/** Writes a notification and makes the frame that shows it. */
export function notify(
  { store, now }: Pick<EffectContext, 'store' | 'now'>,
  draft: NewNotification,
): PageFrame {
  return { type: 'notification', notification: store.notifications.add(draft, now) };
}

/** What people call a user. */
export const nameOf = (store: Store, user: UserId): string => store.peers.find(user)?.display_name ?? user;
