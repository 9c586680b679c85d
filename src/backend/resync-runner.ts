import { fullJitter } from '../client/backoff.ts';
import type { CollabClient } from '../client/collab-client.ts';
import { type Holdings, type Offer, planResync } from '../client/plan-resync.ts';
import { inTransaction } from '../client/transaction.ts';
import { messageOf } from '../problem.ts';
import type { Life, PositionId, UserId } from '../protocol/ids.ts';
import type { ResyncRecord } from '../protocol/records.ts';
import { applyResync, holdingsOf, type Resynced } from './apply-resync.ts';
import type { AskPeer } from './ask-peer.ts';
import { askShares } from './ask-shares.ts';
import { type FetchOutcome, judgeFetch } from './checks/judge-fetch.ts';
import type { Store } from './store/store.ts';

type Why = NonNullable<ResyncRecord['why']>;

export interface ResyncRunnerOptions {
  readonly me: UserId;
  readonly store: Store;
  /** Its life is told to whoever is asked. */
  readonly client: Pick<CollabClient, 'enqueue' | 'waiting' | 'lifeTowards'>;
  readonly timing: { readonly retryMinMs: number; readonly retryMaxMs: number };
  /** Where a friend who is online can be asked. */
  readonly reachableAt: (friend: UserId) => string | undefined;
  readonly askPeer: AskPeer;
  /** After the commit. */
  readonly onResynced: (resynced: Resynced) => void;
  readonly tell: (happening: Omit<ResyncRecord, 'at'>) => void;
}

export interface ResyncRunner extends AsyncDisposable {
  /** Compares with this friend as soon as that can be done; once, however many reasons there are. */
  ask(friend: UserId, why: Why): void;
  /** The friend is there now. */
  hurry(friend: UserId): void;
  /** A friend's backend says which life of it is asking: a new one may have another database. */
  heard(friend: UserId, life: Life): void;
  /** Something happened to a position of a friend's: an answer that is under way says nothing about it. */
  moved(friend: UserId, position: PositionId): void;
  census(): { readonly runnable: number; readonly parked: number };
}

/** A comparison that is to be made. */
interface Job {
  readonly why: Why;
  readonly attempts: number;
  /** In ms of performance.now(). */
  readonly dueAt: number;
}

interface Running {
  readonly done: Promise<void>;
  readonly moved: Set<PositionId>;
}

const atOnce = 4;

/**
 * Compares what is held of each friend's with what the friend says to share. The jobs are in memory: every start makes
 * one for each friend, which is more than any file could remember, and a database that was put back to an earlier day
 * cannot lose them.
 */
export function startResyncRunner(options: ResyncRunnerOptions): ResyncRunner {
  const { me, client, store, timing, reachableAt } = options;
  const closing = new AbortController();
  const jobs = new Map<UserId, Job>();
  const running = new Map<UserId, Running>();
  const lives = new Map<UserId, Life>();
  let timer: NodeJS.Timeout | undefined;

  const isFriend = (user: UserId) => store.friends.stateOf(user) === 'friend';
  const holdings = (friend: UserId): Holdings =>
    holdingsOf(friend, { me, store, waiting: client.waiting(friend) });

  function wake(): void {
    if (closing.signal.aborted) return;
    clearTimeout(timer);
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [friend, job] of jobs) {
      const registered = reachableAt(friend);
      if (running.has(friend) || registered === undefined) continue;
      if (job.dueAt > now) next = Math.min(next, job.dueAt);
      else if (running.size < atOnce) start(friend, job, registered);
    }
    if (Number.isFinite(next)) timer = setTimeout(wake, next - now).unref();
  }

  function start(friend: UserId, job: Job, registered: string): void {
    jobs.delete(friend);
    const moved = new Set<PositionId>();
    const done = run(friend, job, registered, moved).finally(() => {
      running.delete(friend);
      wake();
    });
    running.set(friend, { done, moved });
  }

  async function run(friend: UserId, job: Job, registered: string, moved: Set<PositionId>): Promise<void> {
    const { why } = job;
    let outcome: FetchOutcome<Offer[]> | undefined;
    try {
      if (!isFriend(friend)) return;
      const before = holdings(friend);
      const life = client.lifeTowards(friend);
      outcome = await askShares((path) => options.askPeer(friend, path, closing.signal), life);
      if (closing.signal.aborted) return;
      const judgement = judgeFetch(outcome);
      if (judgement.do === 'end') {
        options.tell({ type: 'resync', user: me, friend, state: 'ended', why, code: judgement.code });
      } else if (judgement.do === 'retry') {
        later(friend, job);
        options.tell({ type: 'resync', user: me, friend, state: 'failed', why, code: wordOf(outcome) });
      } else {
        conclude(friend, job, { registered, moved, before, offers: judgement.answer });
      }
    } catch (error) {
      // A disk that is busy or full, or an outbox without room for a comment.
      later(friend, job);
      const text = messageOf(error);
      options.tell({ type: 'resync', user: me, friend, state: 'failed', why, code: text.slice(0, 200) });
    }
  }

  function conclude(
    friend: UserId,
    job: Job,
    asked: { registered: string; moved: ReadonlySet<PositionId>; before: Holdings; offers: readonly Offer[] },
  ): void {
    const { registered, moved, before, offers } = asked;
    const concluded = inTransaction(store.db, () => {
      if (!isFriend(friend)) return undefined;
      const plan = planResync({ before, now: holdings(friend), offers, moved });
      const enqueue = client.enqueue.bind(client);
      const now = new Date().toISOString();
      const resynced = applyResync(plan.actions, { me, friend, store, now, registered, enqueue });
      return { again: plan.again, resynced };
    });
    if (!concluded) return;
    const { again, resynced } = concluded;
    if (again) later(friend, job);
    const { fetches, removed, commentsRemoved, saved } = resynced;
    const changes = fetches + removed + commentsRemoved + saved.length;
    // That nothing differs at a start is what everybody expects.
    if (changes > 0 || (job.why !== 'start' && job.why !== 'friend_started')) {
      options.tell({
        type: 'resync',
        user: me,
        friend,
        state: 'compared',
        why: job.why,
        fetches,
        removed,
        comments_removed: commentsRemoved,
        comments_sent_again: saved.length,
      });
    }
    options.onResynced(resynced);
  }

  /** A newer reason, which came while this one was being looked into, waits no longer because of it. */
  function later(friend: UserId, { why, attempts }: Job): void {
    if (jobs.has(friend)) return;
    const pause = fullJitter({ from: timing.retryMinMs, to: timing.retryMaxMs }, attempts, Math.random());
    jobs.set(friend, { why, attempts: attempts + 1, dueAt: performance.now() + pause });
  }

  const runner: ResyncRunner = {
    ask(friend, why) {
      if (closing.signal.aborted || friend === me || !isFriend(friend)) return;
      jobs.set(friend, { why: jobs.get(friend)?.why ?? why, attempts: 0, dueAt: 0 });
      wake();
    },
    hurry(friend) {
      const job = jobs.get(friend);
      if (job) jobs.set(friend, { ...job, dueAt: 0 });
      wake();
    },
    heard(friend, life) {
      if (lives.get(friend) === life || !isFriend(friend)) return;
      lives.set(friend, life);
      runner.ask(friend, 'friend_started');
    },
    moved(friend, position) {
      running.get(friend)?.moved.add(position);
    },
    census() {
      for (const friend of jobs.keys()) if (!isFriend(friend)) jobs.delete(friend);
      const waiting = [...jobs.keys()].filter((friend) => !running.has(friend));
      const reachable = waiting.filter((friend) => reachableAt(friend) !== undefined).length;
      return { runnable: running.size + reachable, parked: waiting.length - reachable };
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      clearTimeout(timer);
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
  for (const friend of store.friends.declaration().friends) runner.ask(friend, 'start');
  return runner;
}

function wordOf(outcome: FetchOutcome<unknown>): string {
  if (outcome.kind === 'status') return `http_${outcome.status}`;
  return outcome.kind === 'unreachable' || outcome.kind === 'broken' ? outcome.code : 'failed';
}
