import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction, isPassingFailure } from '../client/transaction.ts';
import { messageOf } from '../problem.ts';
import type { UserId } from '../protocol/ids.ts';
import type { AskPeer } from './ask-peer.ts';
import { type FetchOutcome, judgeFetch } from './checks/judge-fetch.ts';
import { judgeTarget } from './checks/judge-target.ts';
import { concludeFetch, type FetchConclusion } from './conclude-fetch.ts';
import { type FetchedPosition, fetchedPosition, withWholeThread } from './fetch-position.ts';
import type { FetchJob, WaitingJob } from './store/fetch-jobs.ts';
import type { Store } from './store/store.ts';

export interface FetchRunnerOptions {
  readonly me: UserId;
  readonly store: Store;
  readonly timing: { readonly retryMinMs: number; readonly retryMaxMs: number };
  readonly askPeer: AskPeer;
  /** The address that a friend has registered; undefined until the relay tells it. */
  readonly registeredUrl: (user: UserId) => string | undefined;
  readonly onAttempt: (job: FetchJob, outcome: FetchOutcome<FetchedPosition>, attempt: number) => void;
  /** After the commit. */
  readonly onConcluded: (job: FetchJob, conclusion: FetchConclusion) => void;
  /** The result could not be written, like on a full disk; it is tried again. */
  readonly onTrouble: (text: string) => void;
}

export interface FetchRunner extends AsyncDisposable {
  /** Looks for jobs that may run; cheap, and safe to call often. */
  wake(): void;
  /** Jobs of a friend who is back need not wait any longer. */
  hurry(owner: UserId): void;
  census(): { readonly runnable: number; readonly parked: number };
}

/** How many run at once: all, and those that ask one friend, so that a slow one leaves room for others. */
const atOnce = { all: 8, owner: 2 };

/** Runs the fetch jobs of the database. Those of a former run wait, like all, until their friend is known to be there. */
export function startFetchRunner(options: FetchRunnerOptions): FetchRunner {
  const { me, store, timing, registeredUrl } = options;
  const closing = new AbortController();
  const running = new Map<number, { readonly owner: UserId; readonly done: Promise<void> }>();
  let timer: NodeJS.Timeout | undefined;

  const dueIn = (job: WaitingJob): number => {
    const left = job.due_at - Date.now();
    // Nobody waits longer than the longest pause: a clock that was set back is no reason.
    return left > timing.retryMaxMs ? 0 : left;
  };
  const mayRun = (job: WaitingJob): boolean => dueIn(job) <= 0 && registeredUrl(job.owner_id) !== undefined;

  function wake(): void {
    if (closing.signal.aborted) return;
    clearTimeout(timer);
    const waiting = store.fetchJobs.list().filter(({ n }) => !running.has(n));
    for (const job of waiting) {
      if (running.size >= atOnce.all) return;
      const same = [...running.values()].filter(({ owner }) => owner === job.owner_id).length;
      if (same < atOnce.owner && mayRun(job)) start(job);
    }
    const pauses = waiting.map(dueIn).filter((pause) => pause > 0);
    if (pauses.length > 0) timer = setTimeout(wake, Math.min(...pauses)).unref();
  }

  function start({ n, owner_id, position_id }: WaitingJob): void {
    const job = store.fetchJobs.find(position_id);
    if (!job) return;
    const done = run(job).finally(() => {
      running.delete(n);
      wake();
    });
    running.set(n, { owner: owner_id, done });
  }

  async function run(job: FetchJob): Promise<void> {
    const outcome = await attempt(job);
    if (!outcome || closing.signal.aborted) return;
    const retryAt = Date.now() + pauseAfter(job.attempts, timing);
    try {
      const now = new Date().toISOString();
      const conclusion = inTransaction(store.db, () =>
        concludeFetch(job, judgeFetch(outcome), { me, store, now, retryAt }),
      );
      // It may have been told meanwhile which event it belongs to.
      const known = conclusion.kind === 'overtaken' ? job : conclusion.job;
      options.onAttempt(known, outcome, job.attempts + 1);
      options.onConcluded(known, conclusion);
    } catch (error) {
      options.onTrouble(messageOf(error));
      await sleep(timing.retryMaxMs, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  }

  async function attempt(job: FetchJob): Promise<FetchOutcome<FetchedPosition> | undefined> {
    const target = judgeTarget({
      shareUrl: job.share_url,
      originChecked: job.origin_checked,
      registered: registeredUrl(job.owner_id),
    });
    if (target.kind === 'wait') return undefined;
    if (target.kind === 'broken') return target;
    const { pathname, search } = new URL(target.url);
    const ask = (path: string) => options.askPeer(job.owner_id, path, closing.signal);
    const fetched = fetchedPosition(job, await ask(`${pathname}${search}`));
    return withWholeThread(fetched, (below) => ask(`${pathname}${below}`));
  }

  return {
    wake,
    hurry(owner) {
      try {
        store.fetchJobs.makeDue(owner);
      } catch (error) {
        // Then they wait for as long as they would have without this.
        if (!isPassingFailure(error)) throw error;
      }
      wake();
    },
    census() {
      const waiting = store.fetchJobs.list().filter(({ n }) => !running.has(n));
      // What only waits for its next attempt goes on by itself.
      const known = waiting.filter(({ owner_id }) => registeredUrl(owner_id) !== undefined).length;
      return { runnable: running.size + known, parked: waiting.length - known };
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      clearTimeout(timer);
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

/** Full jitter: anything up to a bound that doubles with each attempt, in milliseconds. */
function pauseAfter(attempts: number, { retryMinMs, retryMaxMs }: FetchRunnerOptions['timing']): number {
  return Math.random() * Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(attempts, 30));
}
