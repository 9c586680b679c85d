import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openJournal } from '../journal/open-journal.ts';
import { messageOf } from '../problem.ts';
import type { UserId } from '../protocol/ids.ts';
import type { PageSession } from '../protocol/pages-config.ts';
import { backendAudience, relayAudience } from '../protocol/tokens.ts';
import type { ChildEnvironment } from './child-process.ts';
import { checkCommands } from './foreign-plan.ts';
import { createIssuer } from './issuer.ts';
import type { Death } from './managed-instance.ts';
import { pageSessionFile } from './pages-instance.ts';
import { checkUsers, loopback, relayNames, topologyOf, wantedPorts } from './plan.ts';
import { createPool, type ProcessPool } from './pool.ts';
import { checkPorts } from './ports.ts';
import { directNeedsLinks, nodesOfNoRelay, stackStopped } from './problems.ts';
import { recordRun } from './record-run.ts';
import { placeRedis, redisConfig } from './redis.ts';
import { openSecrets } from './secrets.ts';
import type { Stack, StackConfig } from './stack.ts';
import { defaultTokenSeconds, stackControls } from './stack-controls.ts';
import { stackInstances } from './stack-instances.ts';
import { createRunTls } from './tls/run-tls.ts';
import { keepTokens } from './token-files.ts';

export interface StartOptions {
  /** Processes to use and to give back; without one, the stack has new ones, which end with it. */
  readonly pool?: ProcessPool | undefined;
  /** For a pool of its own. */
  readonly environment?: ChildEnvironment | undefined;
  /** Ends a start that is under way, and a stack that runs. */
  readonly signal?: AbortSignal | undefined;
  /** How long each process may take to become ready. */
  readonly startMs?: number | undefined;
  /** How long the relay tokens of the users are good for; each is replaced at half of that. */
  readonly tokenSeconds?: number | undefined;
  /** The version of collab-dev, for `stack.json`. */
  readonly version?: string | undefined;
  /** Called once there is something to see: before the first process starts. */
  readonly onStarting?: ((starting: StartingStack) => void) | undefined;
}

/** What can be seen of a stack while it starts. */
export type StartingStack = Pick<Stack, 'journal' | 'instances'>;

const defaultStartMs = 30_000;
/** A page's token is soon worth nothing, and a new one is always to be had. */
const pageTokenSeconds = 600;

/**
 * Starts a relay, its links and one backend a user, and resolves when all are ready. Rejects with a Problem that names
 * who did not start and why; nothing that it started runs then.
 */
export async function startStack(config: StackConfig, options: StartOptions = {}): Promise<Stack> {
  checkUsers(config);
  checkCommands(config);
  if (topologyOf(config) === 'direct' && !config.links) throw directNeedsLinks();
  if (topologyOf(config) !== 'relay' && (config.relays ?? 1) > 1) throw nodesOfNoRelay(topologyOf(config));
  options.signal?.throwIfAborted();
  await checkPorts(loopback, wantedPorts(config));
  const { PATH: path } = options.pool?.environment ?? options.environment ?? {};
  const redis = relayNames(config).length > 1 ? await placeRedis(path) : undefined;
  const folders = ['journal', 'logs', 'data'].map((name) => join(config.folder, name));
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));

  const displayNames = new Map(config.users.map(({ name, displayName }) => [name, displayName]));
  const issuer = await createIssuer((user) => displayNames.get(user));
  const secrets = await openSecrets(config.folder);
  const journal = openJournal({ runFolder: config.folder });
  const tls = config.tls ? await createRunTls(config.runId, secrets) : undefined;
  const onTrouble = (user: UserId, error: unknown) =>
    journal.tell({ type: 'note', level: 'warn', code: 'token', text: tokenTrouble(user, error) });
  const tokens = keepTokens({
    issuer,
    secrets,
    seconds: options.tokenSeconds ?? defaultTokenSeconds,
    audienceOf: () => relayAudience,
    nameOf: (user) => `${user}.token`,
    textOf: (_, token) => `${token}\n`,
    onTrouble,
  });
  const sessions = keepTokens({
    issuer,
    secrets,
    seconds: pageTokenSeconds,
    audienceOf: backendAudience,
    nameOf: pageSessionFile,
    textOf: (user, token) => JSON.stringify(sessionOf(user, token)),
    onTrouble,
  });
  const sessionOf = (user: UserId, token: string): PageSession => ({
    user_id: user,
    display_name: displayNames.get(user) ?? user,
    backend_url: instances.urlOf(user),
    token,
  });
  const pool = options.pool ?? createPool({ environment: options.environment ?? {}, fresh: true });
  const listeners = new Set<(death: Death) => void>();
  const ending = new AbortController();
  const instances = stackInstances(config, {
    pool,
    journal,
    issuer,
    tokens,
    sessions,
    secrets,
    tls,
    startMs: options.startMs ?? defaultStartMs,
    redis: redis && {
      place: redis,
      config: () => secrets.write('redis.conf', redisConfig(redis, secrets.pathOf(''))),
    },
    onDeath(death) {
      void noted().catch(() => {});
      for (const listener of listeners) listener(death);
    },
    onRestart: () => void noted().catch(() => {}),
  });
  const recorder = recordRun(config.folder, () => ({
    run_id: config.runId,
    ...(options.version && { version: options.version }),
    ...(topologyOf(config) === 'relay' && { relay_url: instances.relayUrl() }),
    users: config.users.map(({ name }) => {
      const page = instances.pageUrlOf(name);
      return { name, url: instances.urlOf(name), ...(page !== undefined && { page_url: page }) };
    }),
  }));
  const noted = () => recorder.note(instances.all.values());

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    ending.abort(stackStopped());
    await instances.stop();
    tokens[Symbol.dispose]();
    sessions[Symbol.dispose]();
    await secrets[Symbol.asyncDispose]();
    // A backend keeps its key beside its database; that of a run which is over opens nothing, but is a key all the same.
    await Promise.all(config.users.map(({ name }) => rm(peerKeyFile(config.folder, name), { force: true })));
    if (!options.pool) await pool[Symbol.asyncDispose]();
    await noted().catch(() => {});
    await journal[Symbol.asyncDispose]();
  }

  const stack: Stack = {
    ...stackControls(config, { instances, journal, issuer, ending: ending.signal, noted }),
    get relayUrl() {
      return instances.relayUrl();
    },
    authorities: tls?.authorities,
    onDeath(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      options.signal?.removeEventListener('abort', dispose);
      closed ??= close();
      await closed;
    },
  };
  const dispose = () => void stack[Symbol.asyncDispose]();

  options.onStarting?.(stack);
  try {
    const signals = [ending.signal, ...(options.signal ? [options.signal] : [])];
    await instances.start(AbortSignal.any(signals));
    await noted();
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
  options.signal?.addEventListener('abort', dispose);
  if (options.signal?.aborted) dispose();
  return stack;
}

const peerKeyFile = (folder: string, user: string): string => join(folder, 'data', user, 'peer-key.json');

const tokenTrouble = (user: string, error: unknown): string =>
  `The token file of ${user} could not be written: ${messageOf(error)}`;
