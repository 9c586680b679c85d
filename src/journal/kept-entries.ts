import type { JournalEntry } from '../protocol/records.ts';
import type { Merged } from './merge.ts';

/** The newest entries of a journal, numbered from 1. */
export interface KeptEntries {
  readonly first: number;
  readonly last: number;
  since(n: number): readonly JournalEntry[];
  /** Numbers and keeps these; answers them as entries. */
  add(merged: readonly Merged[]): readonly JournalEntry[];
}

/** Keeps at least `limit` entries, and at most a tenth more, so that letting go is rare and cheap. */
export function keptEntries(limit: number): KeptEntries {
  let kept: JournalEntry[] = [];
  let last = 0;
  const first = () => last - kept.length + 1;
  return {
    get first() {
      return first();
    },
    get last() {
      return last;
    },
    since: (n) => kept.slice(Math.max(0, n - first())),
    add(merged) {
      const entries = merged.map(({ process, record }) => {
        last += 1;
        return { ...record, n: last, process };
      });
      for (const entry of entries) kept.push(entry);
      if (kept.length > limit * 1.1) kept = kept.slice(-limit);
      return entries;
    },
  };
}
