import { z } from 'zod';
import { eventTypes } from './events.ts';

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

/** What a frame between a backend and the relay can be called, on either face, or a request between two backends. */
export const messageNames = [
  'ready',
  'presence',
  'wake',
  'collab_event',
  'collab_ack',
  'collab_receipt',
  'collab_error',
  'collab_friends',
  'collab_fetch',
  'collab_fetch_result',
  'auth_refresh',
  'server_draining',
  'reply',
  'bye',
  'fetch',
  'resync',
  'deliver',
] as const;
export type MessageName = (typeof messageNames)[number];

/** What a fault picks messages by: the type of an event, or the name of a frame or a request. */
export const messageType = z.enum([...eventTypes, ...messageNames]);
export type MessageType = z.infer<typeof messageType>;

/** Where a fault lies: on what `from` sends to `to`, or on both directions. `relay` is a name like any other. */
const place = { id: z.string(), from: z.string(), to: z.string(), both: z.boolean() };

const ms = z.number().min(0);

/** Which messages; without any of them, all. */
const choice = {
  type: messageType.optional(),
  /** Only the nth of them, from 1, since the fault is in force. */
  nth: z.int().min(1).optional(),
  /** Each of them with this probability. */
  chance: z.number().gt(0).lte(1).optional(),
};

/** What chance and jitter begin with, so that a run can be repeated. */
const seed = z.int().default(0);

export const linkFault = z.discriminatedUnion('verb', [
  /** Connections are reset, and so is every new one. */
  z.strictObject({ verb: z.literal('cut'), ...place }),
  /** Connections are reset once: all of them now, or each on which a chosen message comes. */
  z.strictObject({ verb: z.literal('reset'), ...place, ...choice, seed }),
  /** Chosen messages are swallowed. Without a choice every byte is, while the connection stays open: half-open. */
  z.strictObject({ verb: z.literal('drop'), ...place, ...choice, seed }),
  /** Chosen messages are sent twice, the second time at once or so much later. */
  z.strictObject({ verb: z.literal('duplicate'), ...place, ...choice, by_ms: ms.default(0), seed }),
  /**
   * Everything comes so much later, in its order. With a choice only the chosen messages do, and others pass them: so
   * frames get out of order.
   */
  z.strictObject({
    verb: z.literal('delay'),
    ...place,
    ...choice,
    by_ms: ms,
    jitter_ms: ms.default(0),
    seed,
  }),
  /** So many bytes a second pass at most. */
  z.strictObject({ verb: z.literal('throttle'), ...place, bytes_per_second: z.number().gt(0) }),
]);
export type LinkFault = z.infer<typeof linkFault>;
export type LinkFaultVerb = LinkFault['verb'];
