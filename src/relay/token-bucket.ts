import type { BucketSettings } from '../protocol/limits.ts';

/** What sums of fractions may lose: who waited as long as it was told must not be sent away for that. */
const rounding = 1e-6;
/**
 * What a shut bucket gathers before it opens again: the tokens of half a second, at most a quarter of what it holds. Shut
 * for one event's token alone, it would open again before its sender had even heard of it.
 */
const worthwhileSeconds = 0.5;
const worthwhileShare = 1 / 4;

/**
 * A token bucket that, once empty, stays shut until the time that it named: who comes back earlier gets nothing, so
 * that waiting pays and hammering does not. Times are in ms by any clock that never runs backwards.
 */
export class TokenBucket {
  readonly #settings: BucketSettings;
  #tokens: number;
  #filledAt: number;
  #shutUntil = Number.NEGATIVE_INFINITY;

  constructor(settings: BucketSettings, now: number) {
    this.#settings = settings;
    this.#tokens = settings.burst;
    this.#filledAt = now;
  }

  /** Takes tokens and answers 0, or takes none and answers how many ms to wait. */
  take(cost: number, now: number): number {
    if (now < this.#shutUntil) return Math.ceil(this.#shutUntil - now);
    const { rate, burst } = this.#settings;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * rate);
    this.#filledAt = now;
    // What costs more than the bucket can ever hold takes all of it.
    const price = Math.min(cost, burst);
    if (this.#tokens >= price - rounding) {
      this.#tokens = Math.max(0, this.#tokens - price);
      return 0;
    }
    const opensWith = Math.max(price, Math.min(rate * worthwhileSeconds, burst * worthwhileShare));
    const wait = Math.max(1, Math.ceil(((opensWith - this.#tokens) / rate) * 1000));
    this.#shutUntil = now + wait;
    return wait;
  }

  /** Gives back what was taken for something that did not happen after all. */
  refund(cost: number): void {
    this.#tokens = Math.min(this.#settings.burst, this.#tokens + cost);
  }

  /** Whether it is as good as new: forgetting it changes nothing. */
  isFull(now: number): boolean {
    const { rate, burst } = this.#settings;
    return now >= this.#shutUntil && this.#tokens + ((now - this.#filledAt) / 1000) * rate >= burst;
  }
}
