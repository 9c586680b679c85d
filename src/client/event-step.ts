import type { DeliveredEvent } from '../protocol/events.ts';

/** What every step of a received event has in common. */
export function stepOf({ id, type, from_user, data, cause }: DeliveredEvent) {
  return {
    type: 'step',
    event: id,
    kind: type,
    from: from_user,
    position: data.position_id,
    ...(cause !== undefined && { cause }),
  } as const;
}
