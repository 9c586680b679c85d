import type { OutgoingEvent } from '../client/collab-client.ts';
import type { EventId, UserId } from '../protocol/ids.ts';
import type { Happening } from '../protocol/records.ts';

/** An event that was written into the outbox, to be told after the commit. */
export interface SavedEvent {
  readonly id: EventId;
  readonly event: OutgoingEvent;
  /** What the page asked for, like `POST /api/v1/positions/ideas/berlin/share`; undefined where nobody asked. */
  readonly request: string | undefined;
}

/** The steps up to and including the outbox. */
export function savedSteps(from: UserId, { id, event, request }: SavedEvent): Happening[] {
  const { type, data, to, cause } = event;
  const step = {
    type: 'step',
    event: id,
    kind: type,
    from,
    position: data.position_id,
    ...(cause && { cause }),
  } as const;
  return [
    ...(request === undefined ? [] : [{ ...step, step: 'posted', request } as const]),
    { ...step, step: 'saved', recipients: [...to] },
  ];
}
