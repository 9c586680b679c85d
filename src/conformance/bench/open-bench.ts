import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { type UserId, userId } from '../../protocol/ids.ts';
import { relayConfig } from '../../protocol/relay-config.ts';
import { relayAudience } from '../../protocol/tokens.ts';
import { openRelay } from '../../relay/relay.ts';
import { choosePort } from '../../stack/choose-port.ts';
import { Broken } from '../check.ts';
import { type Authority, openAuthority } from './authority.ts';
import { type BackendProcess, backendProcess, type CommandLine } from './backend-process.ts';
import type { Bench } from './bench.ts';
import { Owner } from './owner.ts';
import { Peer } from './peer.ts';
import { diedAtStart, noFriends, notConnected, stoppedEarly } from './problems.ts';
import { Wire } from './wire.ts';

export interface BenchOptions {
  readonly user: UserId;
  readonly target:
    | { readonly url: string }
    | {
        readonly command: CommandLine;
        readonly cwd: string;
        readonly env: Readonly<Record<string, string>>;
        readonly log: string | undefined;
      };
  /** 0 takes any free port. */
  readonly relayPort: number;
  /** HS256, where the backend is told so; undefined: a key of this run. */
  readonly secret: string | undefined;
  /** How long one thing may take to happen, in milliseconds. */
  readonly withinMs: number;
  /** How long the backend may take until it is connected. */
  readonly startWithinMs: number;
  /** How a backend that is started by hand has to be started. */
  readonly onWaiting: (environment: Readonly<Record<string, string>>) => void;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

export interface OpenBench extends Bench, AsyncDisposable {
  /** Between two checks. */
  settle(): void;
}

const loopback = '127.0.0.1';
const pageOrigin = `http://${loopback}:3999`;
/** After a cut a backend may be in the midst of a long pause before its next attempt. */
const comesBackMs = 60_000;

/**
 * Starts a relay, the peers and, where there is a command, the backend, and waits until it is connected and knows its
 * friends. Rejects with a Problem where it never is.
 */
export async function openBench(options: BenchOptions): Promise<OpenBench> {
  const { user, target, withinMs } = options;
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'collab-conformance-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const authority = await openAuthority(options.secret);
  const relay = resources.use(
    await openRelay(relayConfig.parse({ port: 0, trust: authority.trust, grace_ms: 300, drain_ms: 0 })),
  );
  const wire = resources.use(
    new Wire({ relayUrl: relay.url, port: options.relayPort, keys: authority.trust.jwks ?? { keys: [] } }),
  );
  await wire.open();

  const names = namesBeside(user);
  const peer = async (name: string) => {
    const friends = [user, ...Object.values(names).filter((other) => other !== name)];
    const relayToken = () => authority.sign({ sub: name, aud: relayAudience });
    const made = resources.use(
      new Peer({ name, tested: user, relayUrl: relay.url, relayToken, friends, withinMs }),
    );
    await made.open();
    return made;
  };
  const [alice, dave, carol, erin] = await Promise.all([
    peer(names.alice),
    peer(names.dave),
    peer(names.carol),
    peer(names.erin),
  ]);

  const tokenFile = join(folder, 'relay-token');
  const token = await authority.sign({ sub: user, aud: relayAudience });
  await writeFile(tokenFile, token, { mode: 0o600 });
  const port = 'url' in target ? undefined : await choosePort(loopback, new Set(), `${user}'s backend`);
  const url = 'url' in target ? target.url : `http://${loopback}:${port}`;
  const environment = {
    USER_ID: user,
    HOST: new URL(url).hostname,
    PORT: new URL(url).port,
    COLLAB_URL: wire.url.replace(/^http/, 'ws'),
    COLLAB_TOKEN_FILE: tokenFile,
    COLLAB_FRIENDS: `${names.alice},${names.dave}`,
    PUBLIC_URL: url,
    COLLAB_ALLOW_PRIVATE: '1',
    PAGE_ORIGINS: pageOrigin,
    ...(options.secret === undefined
      ? { COLLAB_JWKS: JSON.stringify(authority.trust.jwks) }
      : { COLLAB_JWT_SECRET: options.secret }),
  };

  let running: BackendProcess | undefined;
  if ('url' in target) options.onWaiting(environment);
  else {
    const data = join(folder, 'data');
    await mkdir(data);
    running = resources.use(
      backendProcess({
        command: target.command,
        cwd: target.cwd,
        env: {
          ...target.env,
          ...environment,
          COLLAB_TOKEN: token,
          DATA_DIR: data,
          DISPLAY_NAME: user,
          ...Object.fromEntries(
            [alice, dave, carol, erin].map(({ name, face }) => [
              `COLLAB_USER_${name.toUpperCase()}_URL`,
              face.url,
            ]),
          ),
        },
        log: target.log ?? join(folder, 'backend.log'),
      }),
    );
    running.start();
  }

  const owner = new Owner(user, () => url, ownerTokens(authority, user), withinMs);
  const isOnline = () => relay.census().links.some((link) => link.user === user);
  const sees = (friend: Peer) =>
    friend.line.presence.all.findLast(({ user_id }) => user_id === user)?.status === 'online';
  const holds = async (
    condition: () => boolean | Promise<boolean>,
    ms: number,
    alsoDead = false,
  ): Promise<boolean> => {
    const end = performance.now() + ms;
    while (!(await condition())) {
      if (performance.now() > end || options.signal.aborted) return false;
      if (!alsoDead && running && !running.running) return false;
      await wait(20);
    }
    return true;
  };

  /** Started, and not heard of since. */
  let young = false;
  const life: BackendProcess | undefined = running && {
    ...running,
    get running() {
      return running?.running ?? false;
    },
    get exit() {
      return running?.exit;
    },
    get lastLines() {
      return running?.lastLines ?? [];
    },
    start(env) {
      young = true;
      running?.start(env);
    },
    async kill() {
      await running?.kill();
      // Else the connection of this life could be taken for one of the next.
      await holds(() => !isOnline(), comesBackMs, true);
    },
  };

  const bench: OpenBench = {
    user,
    owner,
    alice,
    dave,
    carol,
    erin,
    wire,
    authority,
    tokenFile,
    life,
    pageOrigin: 'url' in target ? undefined : pageOrigin,
    withinMs,
    id: (what) => `${what}-${uuid()}`,
    get online() {
      return isOnline();
    },
    async comesOnline() {
      if (life && !life.running) life.start();
      if (young && !(await holds(() => answers(owner), comesBackMs))) return false;
      young = false;
      // Seen by a friend within the grace after a cut it may still be away: the relay knows.
      return holds(() => isOnline() && sees(alice) && sees(dave), comesBackMs);
    },
    settle() {
      for (const one of [alice, dave, carol, erin]) one.settle();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };

  const reached = await holds(async () => isOnline() && (await answers(owner)), options.startWithinMs);
  if (!reached) {
    if (options.signal.aborted) throw stoppedEarly(user);
    if (running?.exit !== undefined) throw diedAtStart(running.exit, running.lastLines);
    throw notConnected(user, url, options.startWithinMs, isOnline(), running?.lastLines ?? []);
  }
  await befriendAll(owner, [alice, dave]);
  if (!(await holds(() => sees(alice) && sees(dave), options.startWithinMs))) {
    throw noFriends(user, [alice.name, dave.name]);
  }
  const owned = resources.move();
  return bench;
}

/** Any answer: what it says is looked at later. */
async function answers(owner: Owner): Promise<boolean> {
  try {
    await owner.askAs({ path: '/healthz' });
    return true;
  } catch (error) {
    if (error instanceof Broken) return false;
    throw error;
  }
}

/** A database that was there before has friends of its own. Whatever goes wrong here is seen by what follows. */
async function befriendAll(owner: Owner, peers: readonly Peer[]): Promise<void> {
  try {
    const known = new Set((await owner.friends()).map(({ user_id }) => user_id));
    for (const { name } of peers) if (!known.has(name)) await owner.befriend(name);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
  }
}

/** One for many requests: a run takes a minute or two. */
function ownerTokens(authority: Authority, user: UserId): () => Promise<string> {
  let token: Promise<string> | undefined;
  return () => {
    token ??= authority.ownerToken(user);
    return token;
  };
}

/** The cast, without the one whose place the backend has. */
function namesBeside(user: UserId) {
  const free = ['alice', 'dave', 'carol', 'erin', 'frank'].filter((name) => name !== user);
  const [alice = '', dave = '', carol = '', erin = ''] = free.map((name) => userId.parse(name));
  return { alice, dave, carol, erin };
}
