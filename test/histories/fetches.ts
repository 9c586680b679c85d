import type { FetchOutcome } from '../../src/backend/checks/judge-fetch.ts';
import { judgeFetch } from '../../src/backend/checks/judge-fetch.ts';
import { judgeTarget } from '../../src/backend/checks/judge-target.ts';
import { concludeFetch } from '../../src/backend/conclude-fetch.ts';
import type { FetchedPosition } from '../../src/backend/fetch-position.ts';
import type { FetchJob, WaitingJob } from '../../src/backend/store/fetch-jobs.ts';
import { fullJitter } from '../../src/client/backoff.ts';
import { inTransaction } from '../../src/client/transaction.ts';
import type { UserId } from '../../src/protocol/ids.ts';
import { asked, type SimulatedBackend, type Surroundings } from './backend.ts';
import { answered } from './web.ts';

const retry = { from: 50, to: 800 };

/** The fetch runner (backend/fetch-runner.ts) in the time of a history: what it does with each answer is the product's. */
export class Fetches {
  readonly #backend: SimulatedBackend;
  readonly #around: Surroundings;
  readonly #running = new Set<number>();

  constructor(backend: SimulatedBackend, around: Surroundings) {
    this.#backend = backend;
    this.#around = around;
  }

  get isQuiet(): boolean {
    return (
      this.#running.size === 0 && this.#jobs.every((job) => this.#registered(job.owner_id) === undefined)
    );
  }

  hurry(owner: UserId): void {
    this.#backend.disk.store.fetchJobs.makeDue(owner);
    this.wake();
  }

  wake(): void {
    const { time } = this.#around;
    for (const { n, owner_id, position_id, due_at } of this.#jobs) {
      if (this.#running.has(n) || this.#registered(owner_id) === undefined) continue;
      if (due_at > time.now) time.after(due_at - time.now, () => this.wake(), this.#backend);
      else {
        const job = this.#backend.disk.store.fetchJobs.find(position_id);
        if (job) this.#run(job);
      }
    }
  }

  get #jobs(): WaitingJob[] {
    return this.#backend.disk.store.fetchJobs.list();
  }

  #registered(owner: UserId): string | undefined {
    return this.#backend.presences.of(owner)?.backend_url;
  }

  #run(job: FetchJob): void {
    const { web } = this.#around;
    const target = judgeTarget({
      shareUrl: job.share_url,
      originChecked: job.origin_checked,
      registered: this.#registered(job.owner_id),
    });
    if (target.kind === 'wait') return;
    this.#running.add(job.n);
    if (target.kind === 'broken') {
      this.#conclude(job, target);
      return;
    }
    web.ask(
      this.#backend,
      job.owner_id,
      (owner) => served(owner, job, this.#backend.user),
      (outcome) => this.#conclude(job, outcome),
    );
  }

  #conclude(begun: FetchJob, outcome: FetchOutcome<FetchedPosition>): void {
    const { time } = this.#around;
    const { user: me, disk, comparisons } = this.#backend;
    const { store, db } = disk;
    const retryAt = time.now + fullJitter(retry, begun.attempts, time.random());
    const now = new Date().toISOString();
    const conclusion = inTransaction(db, () =>
      concludeFetch(begun, judgeFetch(outcome), { me, store, now, retryAt }),
    );
    const job = conclusion.kind === 'overtaken' ? begun : conclusion.job;
    comparisons.moved(job.owner_id, job.position_id);
    if (conclusion.kind === 'ended' && conclusion.orphaned) comparisons.ask(job.owner_id);
    this.#running.delete(begun.n);
    this.wake();
  }
}

const served = (owner: SimulatedBackend, job: FetchJob, reader: UserId) =>
  answered<FetchedPosition>(() =>
    owner.handlers.readPosition(
      asked({ id: job.position_id }, { body: undefined, query: {}, caller: { user: reader, kind: 'peer' } }),
    ),
  );
