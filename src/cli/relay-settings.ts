import { z } from 'zod';
import { messageOf, Problem } from '../problem.ts';
import { type RelayConfig, relayConfig } from '../protocol/relay-config.ts';
import { trust } from '../protocol/tokens.ts';
import { checkTrust, isLoopback } from '../relay/trust-problems.ts';

export interface RelayFlags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly behindProxy?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A relay's settings from flags and environment (flags win), or the Problem that keeps it from starting. `readFile`
 * is only asked for the file that COLLAB_JWKS names.
 */
export async function relaySettings(
  flags: RelayFlags,
  env: Environment,
  readFile: (path: string) => Promise<string>,
): Promise<RelayConfig> {
  const host = flags.host ?? env.HOST ?? '127.0.0.1';
  const secret = env.COLLAB_JWT_SECRET;
  const config = relayConfig.safeParse({
    host,
    port: Number(flags.port ?? env.PORT ?? 9000),
    public_url: env.PUBLIC_URL,
    trust: {
      hs256_secret: secret === '' ? undefined : secret,
      jwks: env.COLLAB_JWKS ? await readJwks(env.COLLAB_JWKS, readFile) : undefined,
      insecure: flags.insecure ?? false,
    },
  });
  if (!config.success) throw badSettings(config.error);
  checkTrust(config.data);
  if (!isLoopback(host) && !flags.behindProxy) throw plainAbroad(host);
  return config.data;
}

async function readJwks(given: string, readFile: (path: string) => Promise<string>) {
  try {
    return trust.shape.jwks.parse(JSON.parse(given.startsWith('{') ? given : await readFile(given)));
  } catch (error) {
    throw badJwks(error);
  }
}

const badSettings = (error: z.ZodError) =>
  new Problem({
    code: 'bad-settings',
    message: `The relay's settings are not valid.\n${z.prettifyError(error)}`,
    exit: 2,
  });

const badJwks = (cause: unknown) =>
  new Problem({
    code: 'bad-jwks',
    message: `COLLAB_JWKS is neither a set of Ed25519 keys in JSON nor a file that holds one: ${messageOf(cause)}`,
    exit: 2,
    cause,
  });

const plainAbroad = (host: string) =>
  new Problem({
    code: 'plain-abroad',
    message: `The relay speaks without TLS, and ${host} is not a loopback address: tokens would be readable on the way.`,
    hint: 'Put a proxy with TLS in front of it and say so with --behind-proxy.',
    exit: 2,
  });
