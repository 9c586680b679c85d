import type { JournalEntry } from '../protocol/records.ts';
import { type DashboardModel, emptyModel, fold } from './model.ts';

/** Where a dashboard reads: fed with journal batches, read by any number of components. */
export interface ModelStore {
  take(entries: readonly JournalEntry[]): void;
  /** The same object until something has been taken. */
  readonly get: () => DashboardModel;
  readonly subscribe: (listener: () => void) => () => void;
}

export function openModelStore(): ModelStore {
  const listeners = new Set<() => void>();
  let model = emptyModel;
  return {
    take(entries) {
      model = fold(model, entries);
      for (const listener of listeners) listener();
    },
    get: () => model,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
