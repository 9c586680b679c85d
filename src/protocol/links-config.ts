import { z } from 'zod';

/** The two ends of a hop, by name: `alice → relay` in front of the relay, `* → alice` in front of alice's backend. */
export const hopConfig = z.strictObject({
  /** Stable for the life of the stack: `alice>relay`, `>alice`. */
  id: z.string(),
  listener: z.string(),
  /** Who dials: known for a hop in front of the relay, read from the peer token in front of a backend. */
  dialler: z.string().optional(),
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535),
});
export type HopConfig = z.infer<typeof hopConfig>;

export const linksConfig = z.strictObject({ hops: z.array(hopConfig) });
export type LinksConfig = z.infer<typeof linksConfig>;

/** Where a hop forwards to; told when its listener is up, and again after each restart of it. */
export const upstream = z.strictObject({ hop: z.string(), host: z.string(), port: z.int() });
export type Upstream = z.infer<typeof upstream>;

/** A pair of names; a fault without direction lies on both. `relay` is a name like any other. */
export const cutFault = z.strictObject({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  both: z.boolean(),
});
export type CutFault = z.infer<typeof cutFault>;
