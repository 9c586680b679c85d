import { z } from 'zod';
import { eventType } from './events.ts';
import { acknowledgement } from './receipts.ts';

/** As many events as one request may bring: a window of the sender. */
export const eventsInRequest = 32;

const said = {
  display_name: z.string().min(1).max(120).optional(),
  /** No friend any more: only a revoke passes, either way. */
  leaving: z.boolean().optional(),
};

/**
 * What a peer POSTs in the direct topology: events, each parsed by itself so that one of a newer sender does no harm to
 * the others, or one event alone. No events at all is a greeting: the caller is there, and calls the callee a friend. It
 * goes before any event, so that nothing is told to somebody who does not say the same.
 */
export const peerEvents = z.union([
  z.object({ ...said, events: z.array(z.unknown()).max(eventsInRequest) }),
  z.looseObject({ type: eventType }),
]);
export type PeerEvents = z.infer<typeof peerEvents>;

/** The recipient's word after its commit. Without `acks` it only says that the events were taken. */
export const peerReceipts = acknowledgement
  .omit({ from: true })
  .extend({ ...said, acks: z.boolean().default(true) });
export type PeerReceipts = z.infer<typeof peerReceipts>;
