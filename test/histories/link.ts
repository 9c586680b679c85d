import type { DeliveredEvent, SubmittedEvent } from '../../src/protocol/events.ts';
import type { FriendsDeclaration } from '../../src/protocol/handshake.ts';
import type { EventId, UserId } from '../../src/protocol/ids.ts';
import type { Presence } from '../../src/protocol/presence.ts';
import type { Acknowledgement, Receipt, SubmitReply } from '../../src/protocol/receipts.ts';

/** What a backend says to the relay. */
export type ToRelay =
  | { readonly kind: 'hello'; readonly friends: FriendsDeclaration }
  | { readonly kind: 'submit'; readonly event: SubmittedEvent; readonly reply: (reply: SubmitReply) => void }
  | { readonly kind: 'ack'; readonly acknowledgement: Acknowledgement }
  | { readonly kind: 'friends'; readonly friends: FriendsDeclaration }
  | { readonly kind: 'bye' };

/** What the relay says to a backend. */
export type ToUser =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reply'; readonly id: EventId | undefined; readonly take: () => void }
  | { readonly kind: 'event'; readonly event: DeliveredEvent }
  | { readonly kind: 'receipts'; readonly receipts: readonly Receipt[] }
  | { readonly kind: 'presence'; readonly presence: Presence }
  | { readonly kind: 'wake'; readonly user: UserId };

/**
 * What may be lost, doubled or late on a connection that lives on, because the protocol makes up for it. Greeting,
 * presence and friend lists are said once a connection: they are lost together with it, and told anew on the next.
 */
const disturbed = new Set<(ToRelay | ToUser)['kind']>([
  'submit',
  'ack',
  'reply',
  'event',
  'receipts',
  'wake',
]);

/** One connection of a backend to the relay: what is under way on it, in order, in each direction. */
export class Link {
  readonly user: UserId;
  readonly toRelay: ToRelay[] = [];
  readonly toUser: ToUser[] = [];
  /** The backend's end, and the relay's: one may have noticed before the other. */
  isUpAtUser = true;
  isUpAtRelay = true;

  constructor(user: UserId) {
    this.user = user;
  }

  say(frame: ToRelay): boolean {
    if (this.isUpAtUser) this.toRelay.push(frame);
    return this.isUpAtUser;
  }

  tell(frame: ToUser): void {
    if (this.isUpAtRelay) this.toUser.push(frame);
  }

  /** What is under way is gone. */
  lose(): void {
    this.toRelay.length = 0;
    this.toUser.length = 0;
  }
}

export type Disturbance = 'lose' | 'double' | 'double late' | 'delay';

/** Disturbs the first frame that may be disturbed; false if there is none. */
export function disturb(frames: { readonly kind: (ToRelay | ToUser)['kind'] }[], how: Disturbance): boolean {
  const index = frames.findIndex(({ kind }) => disturbed.has(kind));
  const frame = frames[index];
  if (!frame) return false;
  if (how === 'lose') frames.splice(index, 1);
  else if (how === 'double') frames.splice(index, 0, frame);
  else if (how === 'double late') frames.push(frame);
  else frames.push(...frames.splice(index, 1));
  return true;
}
