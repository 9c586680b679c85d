import { applyResync, holdingsOf } from '../../src/backend/apply-resync.ts';
import { type FetchOutcome, judgeFetch } from '../../src/backend/checks/judge-fetch.ts';
import { fullJitter } from '../../src/client/backoff.ts';
import type { CollabClient } from '../../src/client/collab-client.ts';
import { type Holdings, type Offer, planResync } from '../../src/client/plan-resync.ts';
import { inTransaction } from '../../src/client/transaction.ts';
import type { OfferedShare } from '../../src/protocol/backend-rest.ts';
import type { Life, PositionId, UserId } from '../../src/protocol/ids.ts';
import { asked, type SimulatedBackend, type Surroundings } from './backend.ts';
import { answered } from './web.ts';

const retry = { from: 50, to: 800 };

interface Job {
  readonly attempts: number;
  readonly dueAt: number;
}

/** The resync runner (backend/resync-runner.ts) in the time of a history: what is compared and written is the product's. */
export class Comparisons {
  readonly #backend: SimulatedBackend;
  readonly #around: Surroundings;
  readonly #client: Pick<CollabClient, 'enqueue' | 'waiting' | 'committed' | 'lifeTowards'>;
  readonly #jobs = new Map<UserId, Job>();
  readonly #running = new Map<UserId, Set<PositionId>>();
  readonly #lives = new Map<UserId, Life>();

  constructor(
    backend: SimulatedBackend,
    around: Surroundings,
    client: Pick<CollabClient, 'enqueue' | 'waiting' | 'committed' | 'lifeTowards'>,
  ) {
    this.#backend = backend;
    this.#around = around;
    this.#client = client;
  }

  get isQuiet(): boolean {
    const reachable = [...this.#jobs.keys()].some(
      (friend) => this.#isFriend(friend) && this.#reachableAt(friend) !== undefined,
    );
    return this.#running.size === 0 && !reachable;
  }

  ask(friend: UserId): void {
    if (!this.#isFriend(friend)) return;
    this.#jobs.set(friend, { attempts: 0, dueAt: 0 });
    this.#wake();
  }

  hurry(friend: UserId): void {
    const job = this.#jobs.get(friend);
    if (job) this.#jobs.set(friend, { ...job, dueAt: 0 });
    this.#wake();
  }

  heard(friend: UserId, life: Life): void {
    if (this.#lives.get(friend) === life || !this.#isFriend(friend)) return;
    this.#lives.set(friend, life);
    this.ask(friend);
  }

  moved(friend: UserId, position: PositionId): void {
    this.#running.get(friend)?.add(position);
  }

  #wake(): void {
    const { time } = this.#around;
    for (const [friend, job] of this.#jobs) {
      const registered = this.#reachableAt(friend);
      if (this.#running.has(friend) || registered === undefined) continue;
      if (job.dueAt > time.now) time.after(job.dueAt - time.now, () => this.#wake(), this.#backend);
      else this.#start(friend, job, registered);
    }
  }

  #start(friend: UserId, job: Job, registered: string): void {
    this.#jobs.delete(friend);
    if (!this.#isFriend(friend)) return;
    const { user } = this.#backend;
    const life = this.#client.lifeTowards(friend);
    const moved = new Set<PositionId>();
    this.#running.set(friend, moved);
    const before = this.#holdings(friend);
    this.#around.web.ask(
      this.#backend,
      friend,
      (owner) =>
        answered<OfferedShare[]>(() =>
          owner.handlers.listShares(
            asked({}, { body: undefined, query: { life }, caller: { user, kind: 'peer' } }),
          ),
        ),
      (outcome) => {
        this.#judge(friend, job, outcome, { registered, moved, before });
        this.#running.delete(friend);
        this.#wake();
      },
    );
  }

  #judge(
    friend: UserId,
    job: Job,
    outcome: FetchOutcome<readonly OfferedShare[]>,
    facts: {
      readonly registered: string;
      readonly moved: ReadonlySet<PositionId>;
      readonly before: Holdings;
    },
  ): void {
    const judgement = judgeFetch(outcome);
    if (judgement.do === 'retry') {
      this.#later(friend, job);
      return;
    }
    if (judgement.do === 'end' || !this.#isFriend(friend)) return;
    const { user: me, disk, fetches } = this.#backend;
    const { store, db } = disk;
    const { registered, moved, before } = facts;
    const offers = judgement.answer.map(offerOf);
    const { again, resynced } = inTransaction(db, () => {
      const plan = planResync({ before, now: this.#holdings(friend), offers, moved });
      const enqueue = this.#client.enqueue.bind(this.#client);
      const now = new Date().toISOString();
      return {
        again: plan.again,
        resynced: applyResync(plan.actions, { me, friend, store, now, registered, enqueue }),
      };
    });
    if (again) this.#later(friend, job);
    if (resynced.saved.length > 0) this.#client.committed();
    if (resynced.fetches > 0) fetches.wake();
  }

  #later(friend: UserId, { attempts }: Job): void {
    if (this.#jobs.has(friend)) return;
    const { time } = this.#around;
    const dueAt = time.now + fullJitter(retry, attempts, time.random());
    this.#jobs.set(friend, { attempts: attempts + 1, dueAt });
  }

  #holdings(friend: UserId): Holdings {
    const { user: me, disk } = this.#backend;
    return holdingsOf(friend, { me, store: disk.store, waiting: this.#client.waiting(friend) });
  }

  #isFriend(user: UserId): boolean {
    return this.#backend.disk.store.friends.stateOf(user) === 'friend';
  }

  #reachableAt(friend: UserId): string | undefined {
    const presence = this.#backend.presences.of(friend);
    return presence?.status === 'online' ? presence.backend_url : undefined;
  }
}

/** As ask-shares.ts reads it, for one page. */
const offerOf = ({ position_id, share_id, version, digest, comment_ids }: OfferedShare): Offer => ({
  position: position_id,
  share: share_id,
  version,
  digest,
  comments: comment_ids,
});
