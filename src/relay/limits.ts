import type { UserId } from '../protocol/ids.ts';
import type { RelayLimits } from '../protocol/limits.ts';
import type { LimitScope } from '../protocol/receipts.ts';
import type { Connection } from './connection.ts';
import { Hammering } from './hammering.ts';
import { KeyedBuckets } from './keyed-buckets.ts';
import { Offenders } from './offenders.ts';
import { TokenBucket } from './token-bucket.ts';

const sweepEveryMs = 30_000;

/** Which bucket is shut, and for how long. */
export interface Shut {
  readonly scope: LimitScope;
  readonly retryAfterMs: number;
}

export interface Hammerer {
  readonly budgets: Budgets;
  readonly connection: Pick<Connection, 'hold'>;
}

/** The budgets of one connection. Those of its address and its pairs outlive it, so reconnecting buys nothing. */
export interface Budgets {
  readonly events: TokenBucket;
  readonly control: TokenBucket;
  readonly pairs: KeyedBuckets<UserId>;
  /** Of shut buckets of events (its address's included), and of control frames. */
  readonly hammering: Hammering;
  readonly hammeringControl: Hammering;
}

/**
 * After each so many refusals a connection is not read for a while; what it sends waits with it then. At first for less
 * than a bucket stays shut, or who goes on could not be told from who waits; who has gone on costs everybody less if it
 * is read less often.
 */
const heldAfter = 32;
const holdMs = 250;
const longHoldMs = 2000;

/** Every budget of one relay. */
export class Limits implements Disposable {
  readonly settings: RelayLimits;
  readonly offenders: Offenders;
  readonly #addresses: KeyedBuckets<string>;
  readonly #rest: KeyedBuckets<string>;
  readonly #pairs = new Map<UserId, KeyedBuckets<UserId>>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(settings: RelayLimits) {
    this.settings = settings;
    this.offenders = new Offenders({ firstMs: settings.kept_out_ms, mostMs: settings.kept_out_most_ms });
    this.#addresses = new KeyedBuckets(settings.per_address);
    this.#rest = new KeyedBuckets(settings.rest_per_address);
    this.#sweeper = setInterval(() => this.sweep(performance.now()), sweepEveryMs).unref();
  }

  /** What one sender may send to each recipient. */
  pairsOf(user: UserId): KeyedBuckets<UserId> {
    let pairs = this.#pairs.get(user);
    if (!pairs) {
      pairs = new KeyedBuckets(this.settings.per_pair);
      this.#pairs.set(user, pairs);
    }
    return pairs;
  }

  budgetsOf(user: UserId, now: number): Budgets {
    const pairsNow = () => this.pairsOf(user);
    return {
      events: new TokenBucket(this.settings.per_connection, now),
      control: new TokenBucket(this.settings.per_connection_control, now),
      // Looked up each time: kept, they would be forgotten here while they are idle, and new ones be made beside them.
      get pairs() {
        return pairsNow();
      },
      hammering: new Hammering(),
      hammeringControl: new Hammering(),
    };
  }

  /** One event to this many recipients. Undefined: paid; else nothing was taken. */
  payEvent(budgets: Budgets, address: string, recipients: number, now: number): Shut | undefined {
    const own = budgets.events.take(recipients, now);
    if (own > 0) return { scope: 'connection', retryAfterMs: own };
    const shared = this.#addresses.take(address, recipients, now);
    if (shared === 0) return undefined;
    budgets.events.refund(recipients);
    return { scope: 'address', retryAfterMs: shared };
  }

  /** An event or a question of this connection was refused: holds who goes on all the same, and says whether it is abuse. */
  hammered({ budgets, connection }: Hammerer, retryAfterMs: number, now: number): boolean {
    const { hits, goesOn } = budgets.hammering.hit(now, retryAfterMs);
    if (hits % heldAfter === 0) connection.hold(goesOn ? longHoldMs : holdMs);
    return hits >= this.settings.hammering;
  }

  /** One REST request; answers how many ms to wait, 0 for none. */
  payRequest(address: string, now: number): number {
    return this.#rest.take(address, 1, now);
  }

  /** Forgets every budget that is whole again. */
  sweep(now: number): void {
    this.#addresses.sweep(now);
    this.offenders.sweep(now);
    this.#rest.sweep(now);
    for (const [user, pairs] of this.#pairs) {
      pairs.sweep(now);
      if (pairs.size === 0) this.#pairs.delete(user);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweeper);
  }
}
