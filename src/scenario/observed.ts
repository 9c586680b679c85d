import type { InboxRecord } from '../protocol/backend-rest.ts';
import type { EventId, PositionId, UserId } from '../protocol/ids.ts';
import type { PageFrame } from '../protocol/page-socket.ts';

/** Something that reached a user, at the backend or at the page, in one shape for the expectations. */
export interface Observed {
  /** Its place in its stream, from 1. */
  readonly n: number;
  readonly type: string;
  readonly position: PositionId | undefined;
  readonly from: UserId | undefined;
  readonly event: EventId | undefined;
  /** What a `match` is held against, and what `as` names. */
  readonly body: unknown;
  /** When the backend committed it. */
  readonly committedAt?: string | undefined;
  /** False where the backend did not take it; `note` says why. */
  readonly applied: boolean;
  readonly note?: string | undefined;
}

export function observedRecord({ n, event, outcome, code, committed_at }: InboxRecord): Observed {
  return {
    n,
    type: event.type,
    position: event.data.position_id,
    from: event.from_user,
    event: event.id,
    body: event,
    committedAt: committed_at,
    applied: outcome === 'applied',
    note: outcome === 'applied' ? undefined : [outcome, code].filter(Boolean).join(' '),
  };
}

/** A frame of the page socket; undefined for what only holds the connection or the display together. */
export function observedFrame(frame: PageFrame, n: number): Observed | undefined {
  const common = { n, type: frame.type, body: frame, applied: true } as const;
  switch (frame.type) {
    case 'position_shared':
    case 'comment_added':
    case 'position_updated':
    case 'share_revoked':
      return { ...common, position: frame.data.position_id, from: frame.from_user, event: frame.id };
    case 'position':
      return { ...common, position: frame.position.id, from: frame.position.owner_id, event: undefined };
    case 'position_removed':
      return { ...common, position: frame.position_id, from: undefined, event: undefined };
    case 'notification': {
      const { position_id, from_user, event_id } = frame.notification;
      return { ...common, position: position_id, from: from_user, event: event_id };
    }
    case 'hello':
    case 'receipt':
    case 'presence':
    case 'relay':
      return undefined;
    default:
      return frame satisfies never;
  }
}
