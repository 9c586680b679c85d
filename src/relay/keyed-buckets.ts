import type { BucketSettings } from '../protocol/limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** A token bucket for each key, made when it is first needed. sweep() forgets the full ones, so idle keys cost nothing. */
export class KeyedBuckets<Key> {
  readonly #settings: BucketSettings;
  readonly #buckets = new Map<Key, TokenBucket>();

  constructor(settings: BucketSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** As TokenBucket.take(). */
  take(key: Key, cost: number, now: number): number {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(this.#settings, now);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(cost, now);
  }

  sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
  }
}
