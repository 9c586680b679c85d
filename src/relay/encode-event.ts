import type { RoutableEvent } from '../protocol/events.ts';
import type { EventId, UserId } from '../protocol/ids.ts';

/** An event whose gaps are filled in. `data` is the JSON of what the sender sent, keys that we don't know included. */
export interface AcceptedEvent {
  readonly id: EventId;
  readonly from: UserId;
  readonly sentAt: string;
  readonly event: RoutableEvent;
  readonly data: string;
}

/** Own keys only: a user may be called "constructor". */
function numberFor(to: UserId, numbers: RoutableEvent['seq']): number | undefined {
  return numbers && Object.hasOwn(numbers, to) ? numbers[to] : undefined;
}

/**
 * Encodes an event once for all its recipients: what differs between them (itself in `to_users`, its `seq` and `base`)
 * is put between the ready parts. Ids and times need no escaping, their schemas admit no such characters.
 */
export function eventEncoder({ id, from, sentAt, event, data }: AcceptedEvent): (to: UserId) => string {
  const head = `{"id":"${id}","type":"${event.type}","from_user":"${from}","to_users":["`;
  let tail = `"],"data":${data},"sent_at":"${sentAt}"`;
  if (event.epoch !== undefined) tail += `,"epoch":"${event.epoch}"`;
  if (event.cause !== undefined) tail += `,"cause":"${event.cause}"`;
  if (event.traceparent !== undefined) tail += `,"traceparent":${JSON.stringify(event.traceparent)}`;
  return (to) => {
    let text = head + to + tail;
    const seq = numberFor(to, event.seq);
    if (seq !== undefined) text += `,"seq":${seq}`;
    const base = numberFor(to, event.base);
    if (base !== undefined) text += `,"base":${base}`;
    return `${text}}`;
  };
}
