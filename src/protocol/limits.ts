import { z } from 'zod';

/** A token bucket: `rate` tokens a second, at most `burst` saved up. */
export const bucket = z.strictObject({ rate: z.number().positive(), burst: z.number().min(1) });
export type BucketSettings = z.infer<typeof bucket>;

/**
 * Every limit of the relay (protocol.md section 7), each a setting. The defaults suit a deployed relay; the harness
 * and scenarios narrow or widen them. An event costs one token a recipient on its connection and address, and one on
 * each sender → recipient pair.
 */
export const relayLimits = z.strictObject({
  frame_bytes: z
    .int()
    .min(1024)
    .default(64 * 1024),
  event_bytes: z
    .int()
    .min(256)
    .default(16 * 1024),
  json_depth: z.int().min(4).default(12),
  json_keys: z.int().min(16).default(512),
  connections: z.int().min(1).default(20_000),
  /** Open at once from one network address, greeted or not; of IPv6 its first 64 bits are one address. */
  connections_per_address: z.int().min(1).default(5000),
  /** Who has not said who it is by then is closed. */
  hello_timeout_ms: z.int().min(50).default(10_000),
  /** On the plain face: how long a hello is waited for where the URL says already who it is. */
  hello_wait_ms: z.int().min(0).default(500),
  /** A connection that is pinged this often and answers none of it within `ping_timeout_ms` is dead. */
  ping_interval_ms: z.int().min(100).default(15_000),
  ping_timeout_ms: z.int().min(50).default(10_000),
  buffer_bytes: z
    .int()
    .min(4096)
    .default(1024 * 1024),
  buffer_soft_bytes: z
    .int()
    .min(1024)
    .default(256 * 1024),
  per_connection: bucket.default({ rate: 500, burst: 2000 }),
  per_pair: bucket.default({ rate: 200, burst: 1000 }),
  per_address: bucket.default({ rate: 5000, burst: 20_000 }),
  /** Acknowledgements, friend lists and refreshes have their own budget. */
  per_connection_control: bucket.default({ rate: 500, burst: 2000 }),
  /** REST registrations and online queries, an address. */
  rest_per_address: bucket.default({ rate: 50, burst: 200 }),
  /** A connection that goes on hitting shut buckets is closed with 4429 after so many hits, if it never waits as told. */
  hammering: z.int().min(10).default(500),
  /**
   * A user who is closed for abuse, size or protocol a second time within a minute is kept out from that address for so
   * long, each further time for twice as long, up to the most.
   */
  kept_out_ms: z.int().min(0).default(1000),
  kept_out_most_ms: z.int().min(0).default(60_000),
});
export type RelayLimits = z.infer<typeof relayLimits>;
