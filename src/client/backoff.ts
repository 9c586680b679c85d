/** `from` is the first ceiling and `to` the last one, in milliseconds. */
export interface BackoffSettings {
  readonly from: number;
  readonly to: number;
}

/**
 * Full jitter: anything between 0 and a ceiling that doubles with every attempt (from 0), so that many clients that
 * lost the same server do not come back together. `random` is in [0, 1).
 * Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
 */
export function fullJitter({ from, to }: BackoffSettings, attempt: number, random: number): number {
  const ceiling = Math.min(to, from * 2 ** Math.min(attempt, 30));
  return Math.round(random * ceiling);
}

/** A period that no two clients keep in step: between two thirds and four thirds of it. */
export function aroundPeriod(periodMs: number, random: number): number {
  return Math.round(periodMs * (2 / 3 + (random * 2) / 3));
}
