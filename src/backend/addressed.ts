import { v7 as uuid } from 'uuid';
import {
  type DeliveredEvent,
  deliveredEvent,
  type SubmittedEvent,
  submittedEvent,
} from '../protocol/events.ts';
import { eventId, type UserId } from '../protocol/ids.ts';
import type { SubmitReply } from '../protocol/receipts.ts';

/** What a carrier without a relay says to an event, and what it then sends to each of its recipients. */
export function takeSubmitted(
  raw: unknown,
  from: UserId,
): { readonly reply: SubmitReply; readonly events: readonly DeliveredEvent[] } {
  const { data: event } = submittedEvent.safeParse(raw);
  if (!event) return { reply: { status: 'rejected', code: 'bad_event' }, events: [] };
  const id = event.id ?? eventId.parse(uuid());
  if (event.from_user !== undefined && event.from_user !== from) {
    return { reply: { id, status: 'rejected', code: 'spoofed' }, events: [] };
  }
  const others = [...new Set(event.to_users)].filter((to) => to !== from);
  if (others.length === 0) return { reply: { id, status: 'rejected', code: 'no_recipients' }, events: [] };
  const events = others.flatMap((to) => addressed({ ...event, id }, from, to) ?? []);
  return { reply: { id, status: 'accepted' }, events };
}

/** A submitted event as one recipient gets it: only what is meant for them. Undefined for what is none any more. */
function addressed(
  { seq, base, ...event }: Partial<SubmittedEvent>,
  from: UserId,
  to: UserId,
): DeliveredEvent | undefined {
  return deliveredEvent.safeParse({
    sent_at: new Date().toISOString(),
    ...event,
    from_user: from,
    to_users: [to],
    ...(seq?.[to] !== undefined && { seq: seq[to] }),
    ...(base?.[to] !== undefined && { base: base[to] }),
  }).data;
}
