import { z } from 'zod';
import { backendUrl } from './handshake.ts';
import { userId } from './ids.ts';
import { tlsFiles } from './tls-files.ts';
import { trust } from './tokens.ts';

/** Waits and pauses, in milliseconds. The defaults are for backends that are spread over the net. */
export const backendTiming = z.strictObject({
  ack_delay_ms: z.int().min(0).default(20),
  reply_timeout_ms: z.int().min(50).default(5000),
  sweep_ms: z.int().min(100).default(45_000),
  reconnect_min_ms: z.int().min(1).default(500),
  reconnect_max_ms: z.int().min(1).default(30_000),
  fetch_timeout_ms: z.int().min(50).default(5000),
  fetch_retry_min_ms: z.int().min(1).default(500),
  fetch_retry_max_ms: z.int().min(1).default(60_000),
});
export type BackendTiming = z.infer<typeof backendTiming>;

/** The variable that each of them is in, for a backend that is told by its environment: `COLLAB_SWEEP_MS`. */
export const timingVariable = (key: string): string => `COLLAB_${key.toUpperCase()}`;

/** Everything that one user's backend needs; from the environment in `collab-dev backend`, from the stack over IPC. */
export const backendConfig = z.strictObject({
  user_id: userId,
  display_name: z.string().min(1).max(120),
  host: z.string().default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535),
  /** Where others reach this backend: the origin of every `share_url`. Absent: where it listens. */
  public_url: backendUrl.optional(),
  /** The relay; `http`, `https`, `ws` and `wss` are all understood. Absent: the direct topology, or one process. */
  collab_url: z.url({ protocol: /^(https?|wss?)$/ }).optional(),
  /** Where the backends of others are, for the direct topology. With a relay it is the relay that tells. */
  peers: z.record(userId, backendUrl).default({}),
  /** The relay token: given, or read from a file at each connect, or neither (`--insecure`). */
  token: z.string().optional(),
  token_file: z.string().optional(),
  /** Seeds an empty database once. */
  friends: z.array(userId).default([]),
  /** Holds `backend.sqlite` and the key of this backend; made if it is missing. */
  data_dir: z.string().min(1),
  /** Whose owner tokens this backend believes. */
  owner_trust: trust,
  /** With them it speaks TLS. */
  tls: tlsFiles.optional(),
  /** A proxy with TLS stands in front, so another address than loopback is fine. */
  behind_proxy: z.boolean().default(false),
  /** Certificates of the authorities by which the relay and other backends are known; absent: the usual ones. */
  ca_file: z.string().min(1).optional(),
  /** Origins of the pages that may call this backend; none means that requests with an Origin are refused. */
  page_origins: z.array(z.string()).default([]),
  /** Lets `share_url` name private and loopback addresses: for one machine, never for production. */
  allow_private: z.boolean().default(false),
  /** Without acknowledgements `routed` is final: at most once, as with the brief's own clients. */
  acks: z.boolean().default(true),
  run_id: z.string().optional(),
  timing: backendTiming.prefault({}),
  /** Rows that an outbox may hold for one recipient before acts are refused with 507. */
  outbox_limit: z.int().min(1).default(10_000),
  /** What has waited in the outbox for longer is given up, in front of the user, in milliseconds. */
  outbox_age_ms: z
    .int()
    .min(100)
    .default(30 * 24 * 3600 * 1000),
});
export type BackendConfig = z.infer<typeof backendConfig>;
