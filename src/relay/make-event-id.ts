import { randomUUID } from 'node:crypto';
import { type EventId, eventId } from '../protocol/ids.ts';

/**
 * A UUIDv7 (RFC 9562 section 5.7) for an event that came without an id. The random bits and the variant are those of a
 * v4 one, because Node draws these from a pool: one call of the system's generator for each event costs more than all
 * that is checked about it.
 */
export function makeEventId(): EventId {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomUUID().slice(15);
  return eventId.parse(`${time.slice(0, 8)}-${time.slice(8)}-7${random}`);
}
