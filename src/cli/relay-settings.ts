import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { messageOf, Problem } from '../problem.ts';
import { type RelayConfig, relayConfig } from '../protocol/relay-config.ts';
import type { TlsFiles } from '../protocol/tls-files.ts';
import { trust } from '../protocol/tokens.ts';
import { busKey } from '../relay/bus/configured-bus.ts';
import { redisTarget } from '../relay/bus/redis-target.ts';
import { checkTrust } from '../relay/trust-problems.ts';

export interface RelayFlags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly jwksUrl?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly behindProxy?: boolean | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly redis?: string | undefined;
  readonly redisCa?: string | undefined;
  readonly drain?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A relay's settings from flags and environment (flags win), or the Problem that keeps it from starting. `readFile`
 * is only asked for the files that COLLAB_JWKS, COLLAB_LIMITS and COLLAB_REDIS_CA name.
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
    tls: tlsFilesFrom(flags, env),
    redis: await redisFrom(flags, env, readFile),
    bus_key: env.COLLAB_BUS_KEY || undefined,
    drain_ms: Number(flags.drain ?? (env.COLLAB_DRAIN || usualDrainSeconds)) * 1000,
    limits: env.COLLAB_LIMITS ? await readLimits(env.COLLAB_LIMITS, readFile) : undefined,
    admin_token: env.COLLAB_ADMIN_TOKEN || undefined,
    behind_proxy: flags.behindProxy ?? false,
    trust: {
      hs256_secret: secret === '' ? undefined : secret,
      jwks: env.COLLAB_JWKS ? await readJwks(env.COLLAB_JWKS, readFile) : undefined,
      jwks_url: flags.jwksUrl ?? (env.COLLAB_JWKS_URL || undefined),
      insecure: flags.insecure ?? false,
    },
  });
  if (!config.success) throw badSettings(config.error);
  checkTrust(config.data);
  if (config.data.redis) {
    // Whatever is wrong with these is said before anything is started.
    redisTarget(config.data.redis);
    busKey(config.data);
  }
  return config.data;
}

/** Enough for thousands of backends to come back one after the other; with few it is over sooner. */
const usualDrainSeconds = 10;

function tlsFilesFrom(flags: RelayFlags, env: Environment): TlsFiles | undefined {
  const cert = flags.tlsCert ?? (env.COLLAB_TLS_CERT || undefined);
  const key = flags.tlsKey ?? (env.COLLAB_TLS_KEY || undefined);
  if (cert !== undefined && key !== undefined) return { cert_file: cert, key_file: key };
  if (cert !== undefined || key !== undefined) throw halfCertificate();
  return undefined;
}

async function redisFrom(flags: RelayFlags, env: Environment, readFile: (path: string) => Promise<string>) {
  const url = flags.redis ?? (env.COLLAB_REDIS || undefined);
  const ca = flags.redisCa ?? (env.COLLAB_REDIS_CA || undefined);
  return (
    url && {
      url,
      ca: ca === undefined ? undefined : await readAuthority(ca, readFile),
      prefix: env.COLLAB_REDIS_PREFIX || undefined,
    }
  );
}

async function readAuthority(path: string, readFile: (path: string) => Promise<string>): Promise<string> {
  try {
    const pem = await readFile(path);
    // Node takes anything here, and then believes nobody.
    return new X509Certificate(pem) && pem;
  } catch (error) {
    throw badRedisCa(error);
  }
}

async function readJwks(given: string, readFile: (path: string) => Promise<string>) {
  try {
    return trust.shape.jwks.parse(JSON.parse(given.startsWith('{') ? given : await readFile(given)));
  } catch (error) {
    throw badJwks(error);
  }
}

async function readLimits(given: string, readFile: (path: string) => Promise<string>): Promise<unknown> {
  try {
    return JSON.parse(given.startsWith('{') ? given : await readFile(given));
  } catch (error) {
    throw badLimits(error);
  }
}

const badLimits = (cause: unknown) =>
  new Problem({
    code: 'bad-limits',
    message: `COLLAB_LIMITS is neither JSON nor a file that holds it: ${messageOf(cause)}`,
    hint: 'collab-dev config shows every limit with its name.',
    exit: 2,
    cause,
  });

const badRedisCa = (cause: unknown) =>
  new Problem({
    code: 'bad-redis-ca',
    message: `What should vouch for Redis is no certificate: ${messageOf(cause)}`,
    hint: 'Give --redis-ca or COLLAB_REDIS_CA a file with the certificate of its authority, in PEM.',
    exit: 2,
    cause,
  });

const halfCertificate = () =>
  new Problem({
    code: 'half-certificate',
    message: 'A certificate is of no use without its key, nor a key without its certificate.',
    hint: 'Give both: --tls-cert and --tls-key, or COLLAB_TLS_CERT and COLLAB_TLS_KEY.',
    exit: 2,
  });

const badSettings = (error: z.ZodError) =>
  new Problem({
    code: 'bad-settings',
    message: `The relay's settings are not valid.\n${z.prettifyError(error)}`,
    exit: 2,
  });

const badJwks = (cause: unknown) =>
  new Problem({
    code: 'bad-jwks',
    message: `COLLAB_JWKS is neither a set of public keys in JSON nor a file that holds one: ${messageOf(cause)}`,
    exit: 2,
    cause,
  });
