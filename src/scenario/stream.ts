import type { Observed } from './observed.ts';

/** What reached one user at one place, in order. Expectations claim entries, so that no two rest on the same one. */
export interface Stream {
  /** Who says so: the backend after its commit, the page's socket, or the relay for a backend that shows no inbox. */
  readonly witness: 'backend' | 'page' | 'relay';
  readonly observed: readonly Observed[];
  /** The number of the newest entry. */
  readonly last: number;
  /** The numbers of the claimed entries. */
  readonly claimed: Set<number>;
  /** Reads what is new; false where that could not be done. */
  refresh(): Promise<boolean>;
}
