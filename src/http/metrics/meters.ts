/** Between the values of several labels in one key of a tally. */
export const between = '\u0000';

/** Counts by label. Counting costs a look-up in a map, so that it may stand where every event passes. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(label: string, count = 1): void {
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + count);
  }

  of(label: string): number {
    return this.#counts.get(label) ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  entries(): IterableIterator<[string, number]> {
    return this.#counts.entries();
  }
}

/** How observed values are spread over buckets, as Prometheus has it: each bound counts all that is at most it. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` ascend; what is above the last one is counted too. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = [...bounds, 0].map(() => 0);
  }

  observe(value: number): void {
    let index = 0;
    while (index < this.bounds.length && value > (this.bounds[index] ?? 0)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  get sum(): number {
    return this.#sum;
  }

  /** How many were at most each bound, and at last how many there were in all. */
  cumulative(): number[] {
    let seen = 0;
    return this.#counts.map((count) => {
      seen += count;
      return seen;
    });
  }
}
