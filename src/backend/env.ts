import type { z } from 'zod';
import { messageOf, Problem } from '../problem.ts';
import {
  type BackendConfig,
  backendConfig,
  backendTiming,
  timingVariable,
} from '../protocol/backend-config.ts';
import { peerUrls } from './peer-urls.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The setting that each path of the configuration comes from, for complaints in the user's words. */
const names: Readonly<Record<string, string>> = {
  user_id: 'USER_ID',
  display_name: 'DISPLAY_NAME',
  host: 'HOST',
  port: 'PORT',
  ca_file: 'COLLAB_CA',
  public_url: 'PUBLIC_URL',
  collab_url: 'COLLAB_URL',
  token: 'COLLAB_TOKEN',
  token_file: 'COLLAB_TOKEN_FILE',
  friends: 'COLLAB_FRIENDS',
  data_dir: 'DATA_DIR',
  page_origins: 'PAGE_ORIGINS',
  'owner_trust.jwks': 'COLLAB_JWKS',
  'owner_trust.jwks_url': 'COLLAB_JWKS_URL',
  'owner_trust.hs256_secret': 'COLLAB_JWT_SECRET',
  ...Object.fromEntries(
    Object.keys(backendTiming.shape).map((key) => [`timing.${key}`, timingVariable(key)]),
  ),
};

/**
 * Reads the environment of `collab-dev backend` (protocol.md section 4). Lists are parted by commas. `readFile` opens
 * what COLLAB_JWKS names if it is no JSON itself. Throws one Problem with every complaint.
 */
export function backendConfigFrom(
  environment: Environment,
  readFile: (path: string) => string,
): BackendConfig {
  const env = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const complaints: string[] = [];
  const jwks = env('COLLAB_JWKS');
  let keys: unknown;
  if (jwks) {
    try {
      keys = JSON.parse(jwks.startsWith('{') ? jwks : readFile(jwks));
    } catch (error) {
      complaints.push(
        `COLLAB_JWKS is neither a key set in JSON nor a file that holds one: ${messageOf(error)}`,
      );
    }
  }
  const secret = env('COLLAB_JWT_SECRET');
  const keysAt = env('COLLAB_JWKS_URL');
  const insecure = env('COLLAB_INSECURE') === '1';
  if (!jwks && !keysAt && !secret && !insecure) {
    complaints.push(
      'nobody is believed: one of COLLAB_JWKS, COLLAB_JWKS_URL, COLLAB_JWT_SECRET and COLLAB_INSECURE=1 is needed',
    );
  }
  const allowPrivate = env('COLLAB_ALLOW_PRIVATE') === '1';
  if (allowPrivate && env('NODE_ENV') === 'production') {
    complaints.push('COLLAB_ALLOW_PRIVATE=1 opens your network to share links: not with NODE_ENV=production');
  }
  const [cert, key] = [env('COLLAB_TLS_CERT'), env('COLLAB_TLS_KEY')];
  if ((cert === undefined) !== (key === undefined)) {
    complaints.push('COLLAB_TLS_CERT and COLLAB_TLS_KEY go together: a certificate and its key');
  }
  if (!env('USER_ID')) complaints.push('USER_ID is missing: whose backend is it?');
  const friends = list(env('COLLAB_FRIENDS'));
  const peers = peerUrls(environment, friends);
  if (!env('COLLAB_URL') && Object.keys(peers).length === 0) {
    complaints.push(
      'COLLAB_URL is missing: where is the relay? Without one, COLLAB_USER_<NAME>_URL for each friend',
    );
  }

  const user = env('USER_ID') ?? 'nobody';
  const config = backendConfig.safeParse({
    user_id: user,
    display_name: env('DISPLAY_NAME') ?? user,
    host: env('HOST'),
    port: Number(env('PORT') ?? 8000),
    public_url: env('PUBLIC_URL'),
    collab_url: env('COLLAB_URL'),
    peers,
    token: env('COLLAB_TOKEN'),
    token_file: env('COLLAB_TOKEN_FILE'),
    friends,
    data_dir: env('DATA_DIR') ?? `.collab-dev/backend-${user}`,
    owner_trust: { jwks: keys, jwks_url: keysAt, hs256_secret: secret, insecure },
    tls: cert && key ? { cert_file: cert, key_file: key } : undefined,
    behind_proxy: env('COLLAB_BEHIND_PROXY') === '1',
    ca_file: env('COLLAB_CA'),
    page_origins: list(env('PAGE_ORIGINS')),
    allow_private: allowPrivate,
    timing: timingFrom(env),
  });
  if (!config.success) complaints.push(...config.error.issues.map(inWords));
  if (!config.success || complaints.length > 0) throw badEnvironment(complaints);
  return config.data;
}

const timingFrom = (env: (name: string) => string | undefined): Record<string, number> =>
  Object.fromEntries(
    Object.keys(backendTiming.shape).flatMap((key) => {
      const value = env(timingVariable(key));
      return value === undefined ? [] : [[key, Number(value)]];
    }),
  );

const list = (value: string | undefined): string[] =>
  (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function inWords({ path, message }: z.core.$ZodIssue): string {
  const words = path.map(String);
  const lengths = words.map((_, index) => words.length - index);
  const known = lengths.map((length) => words.slice(0, length).join('.')).find((key) => names[key]);
  return `${(known && names[known]) ?? words.join('.')}: ${message}`;
}

const badEnvironment = (complaints: readonly string[]) =>
  new Problem({
    code: 'bad-environment',
    message: `The backend cannot start from this environment:\n${complaints.map((one) => `  - ${one}`).join('\n')}`,
    hint: 'A backend needs at least USER_ID, COLLAB_URL and one of COLLAB_JWKS, COLLAB_JWKS_URL, COLLAB_JWT_SECRET, COLLAB_INSECURE=1.',
    exit: 2,
  });
