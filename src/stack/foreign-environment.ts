import { type BackendTiming, timingVariable } from '../protocol/backend-config.ts';
import type { TlsFiles } from '../protocol/tls-files.ts';
import type { Trust } from '../protocol/tokens.ts';
import type { ChildEnvironment } from './child-process.ts';
import type { ForeignCommand } from './foreign-command.ts';
import { loopback } from './plan.ts';
import type { StackUserConfig } from './stack.ts';

export type Environment = Readonly<Record<string, string>>;

/** What every command is told. */
export interface CommandPlace {
  /** What of our environment it may know; never more, so that no secret of others reaches it. */
  readonly inherited: ChildEnvironment;
  readonly port: number;
  /** Where the other services listen, by name. */
  readonly servicePorts: ReadonlyMap<string, number>;
  /** Who vouches for the servers of this stack, in a file; undefined: they speak without TLS. */
  readonly authoritiesFile: string | undefined;
}

/** A name as it stands in a variable: `mary-ann` is `MARY_ANN`. */
const asVariable = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]/g, '_');

/** The environment of any command; what its configuration says wins. */
export function commandEnvironment(
  { env }: ForeignCommand,
  { inherited, port, servicePorts, authoritiesFile }: CommandPlace,
  special: Environment = {},
): Environment {
  const { NODE_COMPILE_CACHE: _ours, ...known } = inherited;
  const usual = Object.entries(known).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const services = [...servicePorts].map(([name, at]) => [
    `COLLAB_SERVICE_${asVariable(name)}_PORT`,
    `${at}`,
  ]);
  return {
    ...Object.fromEntries([...usual, ...services]),
    PORT: `${port}`,
    HOST: loopback,
    ...(authoritiesFile !== undefined && {
      NODE_EXTRA_CA_CERTS: authoritiesFile,
      SSL_CERT_FILE: authoritiesFile,
      REQUESTS_CA_BUNDLE: authoritiesFile,
      COLLAB_CA: authoritiesFile,
    }),
    ...special,
    ...env,
  };
}

export interface ForeignBackendPlace {
  /** Its hop towards the relay; undefined in a topology without one. */
  readonly collabUrl: string | undefined;
  readonly token: { readonly text: string; readonly file: string } | undefined;
  readonly dataDir: string;
  readonly publicUrl: string;
  /** Where the backends of the others are, by user. */
  readonly peers: Environment;
  /** The keys by which it knows its owner's tokens. */
  readonly jwks: Trust['jwks'];
  readonly pageOrigins: readonly string[];
  readonly tls: TlsFiles | undefined;
  readonly timing: Partial<BackendTiming>;
}

/**
 * What a backend in any language is told (protocol.md section 4), and what it needs beyond that: COLLAB_JWKS is the key
 * set, in JSON, that verifies the tokens of its owner and of the owner's page; PAGE_ORIGINS are the origins that it
 * admits; with TLS it serves COLLAB_TLS_CERT and COLLAB_TLS_KEY. COLLAB_SWEEP_MS and its like are waits and pauses that
 * suit one machine; who does not know them is slower to come back.
 */
export function backendEnvironment(
  { name, displayName, friends }: StackUserConfig,
  { collabUrl, token, dataDir, publicUrl, peers, jwks, pageOrigins, tls, timing }: ForeignBackendPlace,
): Environment {
  const others = Object.entries(peers).map(([user, url]) => [`COLLAB_USER_${asVariable(user)}_URL`, url]);
  const pauses = Object.entries(timing).map(([key, ms]) => [timingVariable(key), `${ms}`]);
  return {
    USER_ID: name,
    DISPLAY_NAME: displayName,
    ...(collabUrl !== undefined && { COLLAB_URL: collabUrl }),
    ...(token && { COLLAB_TOKEN: token.text, COLLAB_TOKEN_FILE: token.file }),
    COLLAB_FRIENDS: friends.join(','),
    DATA_DIR: dataDir,
    PUBLIC_URL: publicUrl,
    COLLAB_ALLOW_PRIVATE: '1',
    ...(jwks && { COLLAB_JWKS: JSON.stringify(jwks) }),
    PAGE_ORIGINS: pageOrigins.join(','),
    ...(tls && { COLLAB_TLS_CERT: tls.cert_file, COLLAB_TLS_KEY: tls.key_file }),
    ...Object.fromEntries([...others, ...pauses]),
  };
}

/** What a page is told: where its user's backend is, and a file with a session, as JSON, that is renewed before it ends. */
export const frontendEnvironment = (
  user: StackUserConfig,
  backendUrl: string,
  sessionFile: string,
): Environment => ({
  USER_ID: user.name,
  REACT_APP_API_URL: backendUrl,
  VITE_API_URL: backendUrl,
  COLLAB_SESSION_FILE: sessionFile,
});
