import type { Friend, Notification, OutboxEntry } from '../../../protocol/backend-rest.ts';
import type { PositionId, UserId } from '../../../protocol/ids.ts';
import type { Comment, Position } from '../../../protocol/positions.ts';

/** A share that came in while its position is still being fetched from whose it is. */
export interface Placeholder {
  readonly id: PositionId;
  readonly owner: UserId;
}

export interface Me {
  readonly id: UserId;
  readonly name: string;
}

/** Everything that the page knows. */
export interface PageState {
  readonly me: Me | undefined;
  /** The page's own way to its backend. */
  readonly connection: 'connecting' | 'live' | 'lost';
  /** Whether the backend reaches others; undefined: not known yet. */
  readonly relay: boolean | undefined;
  readonly loaded: boolean;
  /** Why the positions could not be read. */
  readonly trouble: string | undefined;
  readonly positions: ReadonlyMap<PositionId, Position>;
  readonly fetching: ReadonlyMap<PositionId, Placeholder>;
  readonly friends: readonly Friend[];
  /** Newest first. */
  readonly notifications: readonly Notification[];
  /** Notifications that came while the page was open and have not been looked at. */
  readonly unread: number;
  /** By event and recipient, newest last. */
  readonly outbox: ReadonlyMap<string, OutboxEntry>;
  readonly threads: ReadonlyMap<PositionId, readonly Comment[]>;
  /** What a screen reader says next; `n` tells two equal sentences apart. */
  readonly said: { readonly n: number; readonly text: string };
}

export const emptyState: PageState = {
  me: undefined,
  connection: 'connecting',
  relay: undefined,
  loaded: false,
  trouble: undefined,
  positions: new Map(),
  fetching: new Map(),
  friends: [],
  notifications: [],
  unread: 0,
  outbox: new Map(),
  threads: new Map(),
  said: { n: 0, text: '' },
};
