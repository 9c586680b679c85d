/** What several rounds came to. */
export interface Ratios {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Pair<Sample> {
  readonly ours: Sample;
  readonly theirs: Sample;
}

/**
 * Takes samples in turn, A B A B, after one of each that is thrown away: what else the machine does then meets both
 * sides, and a ratio is only ever made of two neighbours.
 */
export async function pairs<Sample>(
  rounds: number,
  take: { readonly ours: () => Promise<Sample>; readonly theirs: () => Promise<Sample> },
): Promise<readonly Pair<Sample>[]> {
  await take.ours();
  await take.theirs();
  const taken: Pair<Sample>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    taken.push({ ours: await take.ours(), theirs: await take.theirs() });
  }
  return taken;
}

export const ratiosOf = <Sample>(taken: readonly Pair<Sample>[], cost: (sample: Sample) => number): Ratios =>
  summary(taken.map(({ ours, theirs }) => cost(ours) / cost(theirs)));

export function summary(values: readonly number[]): Ratios {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** By the nearest rank, except that an even number of values has its median between two. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return (low + high) / 2;
}
