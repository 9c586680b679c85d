import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { openRelay } from '../../relay/relay.ts';
import { logLevel, logLevelOption, serverLog } from '../log/server-log.ts';
import { relaySettings } from '../relay-settings.ts';
import { serveUntilStopped } from '../serve-until-stopped.ts';
import type { DefineCommand } from './command.ts';

const relayOptions = z.object({
  port: z.string().optional(),
  host: z.string().optional(),
  jwksUrl: z.string().optional(),
  insecure: z.boolean().optional(),
  behindProxy: z.boolean().optional(),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  redis: z.string().optional(),
  redisCa: z.string().optional(),
  drain: z.string().optional(),
  logLevel,
});

const environment = `
Environment:
  COLLAB_JWT_SECRET  the secret of HS256 tokens, 32 characters or more
  COLLAB_JWKS        the public keys of token issuers, in JSON or in a file
  COLLAB_JWKS_URL    where an issuer publishes its keys; https, but on this machine
  COLLAB_TLS_CERT, COLLAB_TLS_KEY  files, as the flags
  COLLAB_REDIS, COLLAB_REDIS_CA, COLLAB_DRAIN  as the flags; COLLAB_REDIS_PREFIX begins the names of channels (collab)
  COLLAB_BUS_KEY     what seals the frames between nodes; absent: derived from COLLAB_JWT_SECRET
  COLLAB_LIMITS      limits by their names in "collab-dev config", in JSON or in a file
  COLLAB_ADMIN_TOKEN  who shows it sees more in /metrics; 32 characters or more
  PUBLIC_URL         what registrations are answered with; absent: the request's Host
  HOST, PORT         where the flags say nothing`;

export const define: DefineCommand = (command, run) =>
  void command
    .option('--port <n>', 'where to listen; 0 takes any free port (9000)')
    .option('--host <address>', 'on which address (127.0.0.1)')
    .option('--jwks-url <url>', 'where the issuer of tokens publishes its keys')
    .option('--insecure', 'believe everybody, without tokens; on this machine only')
    .option('--tls-cert <file>', 'speak TLS with this certificate (PEM, with its chain)')
    .option('--tls-key <file>', 'its key (PEM)')
    .option('--behind-proxy', 'a proxy with TLS stands in front and appends to X-Forwarded-For')
    .option(
      '--redis <url>',
      'be one node of several, which meet on this Redis (or rediss://…, redis+sentinel://…)',
    )
    .option('--redis-ca <file>', 'who vouches for a Redis with TLS (PEM)')
    .option(
      '--drain <seconds>',
      'let connections go in slices over at most this time when it is stopped (10)',
    )
    .addOption(logLevelOption())
    .addHelpText('after', environment)
    .action((raw: unknown) => {
      const flags = relayOptions.parse(raw);
      return run(async (context) => {
        const config = await relaySettings(flags, context.env, (path) => readFile(path, 'utf8'));
        const log = serverLog(context, flags.logLevel);
        if (config.trust.insecure) {
          log.warn('--insecure: this relay believes everybody who can reach it.');
        }
        return serveUntilStopped(
          context,
          'The relay',
          log,
          (tell) => openRelay(config, { tell }),
          config.drain_ms,
        );
      });
    });
