import { z } from 'zod';
import { relayLimits } from './limits.ts';
import { tlsFiles } from './tls-files.ts';
import { trust } from './tokens.ts';

/** Where the nodes of one relay find each other: one Redis, or its Sentinels (relay/bus/redis-target.ts). */
export const redisSettings = z.strictObject({
  url: z.string().min(1),
  /** Who vouches for a Redis with TLS, in PEM, in place of the authorities that Node knows. */
  ca: z.string().min(1).optional(),
  /** Begins the name of every channel, so that several relays can use one Redis. */
  prefix: z
    .string()
    .regex(/^[\w.:{}-]{1,64}$/)
    .default('collab'),
});
export type RedisSettings = z.infer<typeof redisSettings>;

/** Everything that one relay needs; from flags and environment in `collab-dev relay`, from the stack over IPC. */
export const relayConfig = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(9000),
  trust,
  /** With them it speaks TLS. */
  tls: tlsFiles.optional(),
  /**
   * A proxy of ours stands in front: it brings TLS, so another address than loopback is fine, and appends whom it serves
   * to X-Forwarded-For.
   */
  behind_proxy: z.boolean().default(false),
  /** What `register` answers with; absent: built from the request's Host. */
  public_url: z.url({ protocol: /^(https?|wss?)$/ }).optional(),
  run_id: z.string().optional(),
  /** How long a lost user still counts as online, in milliseconds. */
  grace_ms: z.int().min(0).default(5000),
  /** How long before its end a connection is warned that its token ends. */
  token_warning_ms: z.int().min(0).default(60_000),
  /** `unavailable` goes out this long after the accept, whatever its reason. */
  unavailable_after_ms: z.int().min(0).default(100),
  /**
   * `routed` waits this long at most for company: the recipient's own word mostly comes sooner than anybody needs this
   * one, and one frame then carries both.
   */
  routed_after_ms: z.int().min(0).default(25),
  /** Absent: this relay is the only node. */
  redis: redisSettings.optional(),
  /** What seals the frames between nodes, the same on all; absent: derived from the HS256 secret. */
  bus_key: z.string().min(32, 'the key of the bus needs at least 32 characters').optional(),
  /** How long the node of a friend may take to say what became of an event. */
  bus_reply_ms: z.int().min(10).default(2000),
  /** How often it is looked whether friends on other nodes are still there. */
  bus_verify_ms: z.int().min(50).default(15_000),
  /** A node that ends closes its connections in slices over this time; 0 closes all of them at once. */
  drain_ms: z.int().min(0).max(600_000).default(0),
  /** Who shows it in `Authorization: Bearer` sees in `/metrics` why things were refused. */
  admin_token: z
    .string()
    .regex(/^\S{32,}$/, 'COLLAB_ADMIN_TOKEN needs at least 32 characters, without spaces')
    .optional(),
  limits: relayLimits.default(() => relayLimits.parse({})),
});
export type RelayConfig = z.infer<typeof relayConfig>;
