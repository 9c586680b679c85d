/** A map that remembers at least the newest `size` keys, and forgets those that were set long before. */
export interface RecentMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/**
 * In two generations: when the young one is full it becomes the old one, and the old one is dropped. Deleting the
 * oldest key of one map each time would cost a walk over the places of all those deleted before.
 */
export function recentMap<V>(size: number): RecentMap<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  return {
    get: (key) => young.get(key) ?? old.get(key),
    set(key, value) {
      young.set(key, value);
      if (young.size < size) return;
      old = young;
      young = new Map();
    },
  };
}
