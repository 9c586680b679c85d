import { z } from 'zod';
import { relayLimits } from './limits.ts';
import { tlsFiles } from './tls-files.ts';
import { trust } from './tokens.ts';

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
  limits: relayLimits.default(() => relayLimits.parse({})),
});
export type RelayConfig = z.infer<typeof relayConfig>;
