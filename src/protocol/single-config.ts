import { z } from 'zod';
import { backendConfig } from './backend-config.ts';
import { backendUrl } from './handshake.ts';
import { tlsFiles } from './tls-files.ts';

/** One process for several users: one port, one database each. */
export const singleConfig = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535),
  public_url: backendUrl.optional(),
  /** With them it speaks TLS. */
  tls: tlsFiles.optional(),
  run_id: z.string().optional(),
  users: z
    .array(
      backendConfig.omit({
        host: true,
        port: true,
        public_url: true,
        collab_url: true,
        peers: true,
        token: true,
        token_file: true,
        tls: true,
        behind_proxy: true,
        ca_file: true,
        run_id: true,
      }),
    )
    .min(1),
});
export type SingleConfig = z.infer<typeof singleConfig>;
