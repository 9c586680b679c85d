/** After so many attempts the owner's older answer is taken for what it is: the owner's state. */
const patience = 5;

/**
 * Is a fetched version older than what an event has promised? The owner commits before it sends, so this passes by
 * itself, unless its database was put back to an earlier day.
 */
export function isStale(answer: { readonly version: number }, wanted: number, attempts: number): boolean {
  return answer.version < wanted && attempts < patience;
}
