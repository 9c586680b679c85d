import { z } from 'zod';

/** Frames on one connection, as one of its ends counted them since it was made. */
export const linkCount = z.object({
  /** The relay's `conn_id`, the same at both ends. */
  connection: z.string(),
  user: z.string(),
  sent: z.int(),
  received: z.int(),
});
export type LinkCount = z.infer<typeof linkCount>;

/**
 * What faults have done to the sums of one connection: frames that its sender counts and its receiver never gets, less
 * those that it gets twice. Told by the hop between the two.
 */
export const linkLoss = z.object({ connection: z.string(), from_relay: z.int(), to_relay: z.int() });
export type LinkLoss = z.infer<typeof linkLoss>;

/**
 * One process's part of the question "is everything quiet?": frames by connection and the number of pieces of work
 * that can go on by themselves, now or after a pause (acknowledgements and receipts to be sent, events in flight or
 * limited, fetch jobs). What waits for an absent peer is parked, not runnable.
 */
export const census = z.object({
  links: z.array(linkCount),
  runnable: z.record(z.string(), z.int()),
  parked: z.record(z.string(), z.int()),
  /**
   * Users whom this process wants to reach, has not, and goes on trying to, by the user who wants it: only where no
   * relay knows who is there.
   */
  away: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
  /** Frames written to each page socket, by connection. */
  pages: z.array(z.object({ connection: z.string(), sent: z.int() })),
  /** Of a relay with other nodes: what went to them and came from them, since it was started. */
  bus: z.object({ published: z.int(), received: z.int() }).optional(),
  /** Of the hops alone: connections whose sums cannot match. */
  losses: z.array(linkLoss).optional(),
});
export type Census = z.infer<typeof census>;
