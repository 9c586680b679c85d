import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { openBackend } from '../../backend/backend.ts';
import { backendConfigFrom } from '../../backend/env.ts';
import { logLevelOption, logLevel as logLevelSchema, serverLog } from '../log/server-log.ts';
import { serveUntilStopped } from '../serve-until-stopped.ts';
import type { DefineCommand } from './command.ts';

const backendOptions = z.object({
  logLevel: logLevelSchema,
  host: z.string().optional(),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  ca: z.string().optional(),
  behindProxy: z.boolean().optional(),
});

const environment = `
Environment:
  USER_ID              whose backend it is
  COLLAB_URL           where the relay is; without one (the direct topology)
  COLLAB_USER_<NAME>_URL  where each friend's backend is
  PORT                 where to listen; 0 takes any free port (8000)
  COLLAB_TOKEN         the token for the relay, or
  COLLAB_TOKEN_FILE    a file that holds it, read at each connect
  COLLAB_JWT_SECRET    the secret of the owner's HS256 tokens, or
  COLLAB_JWKS          the public keys of their issuer, in JSON or in a file, or
  COLLAB_JWKS_URL      where that issuer publishes them, or
  COLLAB_INSECURE=1    no tokens at all; on this machine only
  COLLAB_FRIENDS       names with commas between them; seeds an empty database
  COLLAB_ALLOW_PRIVATE=1  friends' backends may have private addresses
  COLLAB_TLS_CERT, COLLAB_TLS_KEY, COLLAB_CA, COLLAB_BEHIND_PROXY=1, HOST  as the flags
  COLLAB_SWEEP_MS, COLLAB_RECONNECT_MIN_MS, COLLAB_RECONNECT_MAX_MS, COLLAB_ACK_DELAY_MS, COLLAB_REPLY_TIMEOUT_MS,
  COLLAB_FETCH_TIMEOUT_MS, COLLAB_FETCH_RETRY_MIN_MS, COLLAB_FETCH_RETRY_MAX_MS  waits and pauses
  DATA_DIR, PUBLIC_URL, PAGE_ORIGINS, DISPLAY_NAME`;

export const define: DefineCommand = (command, run) =>
  void command
    .option('--host <address>', 'on which address to listen (127.0.0.1)')
    .option('--tls-cert <file>', 'speak TLS with this certificate (PEM, with its chain)')
    .option('--tls-key <file>', 'its key (PEM)')
    .option(
      '--ca <file>',
      'authorities (PEM) by which the relay and friends are known, instead of the usual ones',
    )
    .option('--behind-proxy', 'a proxy with TLS stands in front, so another address than loopback is fine')
    .addOption(logLevelOption())
    .addHelpText('after', environment)
    .action((raw: unknown) => {
      const { logLevel, ...flags } = backendOptions.parse(raw);
      return run(async (context) => {
        const env = { ...context.env, ...asEnvironment(flags) };
        const config = backendConfigFrom(env, (path) => readFileSync(path, 'utf8'));
        return serveUntilStopped(
          context,
          `${config.user_id}'s backend`,
          serverLog(context, logLevel),
          (tell) => openBackend(config, { tell }),
        );
      });
    });

/** Flags win over the variables that mean the same. */
function asEnvironment({
  host,
  tlsCert,
  tlsKey,
  ca,
  behindProxy,
}: Omit<z.infer<typeof backendOptions>, 'logLevel'>) {
  return {
    ...(host !== undefined && { HOST: host }),
    ...(tlsCert !== undefined && { COLLAB_TLS_CERT: tlsCert }),
    ...(tlsKey !== undefined && { COLLAB_TLS_KEY: tlsKey }),
    ...(ca !== undefined && { COLLAB_CA: ca }),
    ...(behindProxy && { COLLAB_BEHIND_PROXY: '1' }),
  };
}
