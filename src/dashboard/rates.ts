/** Over how many whole seconds a rate is taken. */
const seconds = 5;

/** How often something happened lately, in buckets of one second. */
export interface Rate {
  count(nowMs: number): void;
  /** Per second, over the last few seconds. */
  perSecond(nowMs: number): number;
}

export function rate(): Rate {
  const buckets = new Array<number>(seconds).fill(0);
  let newest = 0;

  function advance(second: number): void {
    for (let s = Math.max(newest + 1, second - seconds + 1); s <= second; s++) buckets[s % seconds] = 0;
    newest = Math.max(newest, second);
  }
  return {
    count(nowMs) {
      const second = Math.floor(nowMs / 1000);
      advance(second);
      const bucket = second % seconds;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    },
    perSecond(nowMs) {
      advance(Math.floor(nowMs / 1000));
      return buckets.reduce((sum, count) => sum + count, 0) / seconds;
    },
  };
}
