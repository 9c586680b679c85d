import type { Happening, JournalEntry } from '../protocol/records.ts';

/**
 * The merged journal of a run, numbered from 1 over all processes. It keeps the newest entries in memory (the oldest
 * number still held is `first`); the files hold everything.
 */
export interface Journal extends AsyncDisposable {
  readonly first: number;
  readonly last: number;
  /** What is held from a number on. */
  since(n: number): readonly JournalEntry[];
  /** Called with each batch of new entries, in order. Returns its own off switch. */
  subscribe(listener: (entries: readonly JournalEntry[]) => void): () => void;
  /** Adds an entry of the supervisor's own process. */
  tell(happening: Happening): void;
  /** Reads what the processes have written up to now. */
  refresh(): Promise<void>;
}
