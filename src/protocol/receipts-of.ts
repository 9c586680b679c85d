import type { UserId } from './ids.ts';
import type { Acknowledgement, Receipt } from './receipts.ts';

/** What a recipient's acknowledgement says, as the receipts that its sender gets. */
export function receiptsOf(to: UserId, acknowledgement: Omit<Acknowledgement, 'from'>): Receipt[] {
  const { epoch, upto } = acknowledgement;
  const results = allResults(acknowledgement);
  return results.map(({ id, status, code, want, above, retry_after_ms }, index) => ({
    id,
    to,
    stage: status,
    ...(code !== undefined && { code }),
    ...(epoch !== undefined && { epoch }),
    // `upto` settles everything that was not named before, so it comes with the last name.
    ...(index === results.length - 1 && upto !== undefined && { upto }),
    ...(want !== undefined && { want }),
    ...(above !== undefined && { above }),
    ...(retry_after_ms !== undefined && { retry_after_ms }),
  }));
}

/** `ids` without a result of their own are delivered. */
export function allResults({
  ids = [],
  results,
}: Pick<Acknowledgement, 'ids' | 'results'>): Acknowledgement['results'] {
  if (ids.length === 0) return results;
  const named = new Set(results.map(({ id }) => id));
  const others = ids.filter((id) => !named.has(id));
  return [...results, ...others.map((id) => ({ id, status: 'delivered' as const }))];
}
