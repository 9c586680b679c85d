import type { JournalEntry } from '../../protocol/records.ts';

/** How often an instance has come up again, and since when it is up. */
export interface Life {
  readonly restarts: number;
  /** In ms since 1970; undefined before it was ready for the first time. */
  readonly readyAt: number | undefined;
}

/** Counts the starts of every instance, from the journal. */
export function instanceLives() {
  const lives = new Map<string, Life>();
  return {
    take(entries: readonly JournalEntry[]): void {
      for (const entry of entries) {
        // One that goes on after a pause is ready again, and has not been started.
        if (entry.type !== 'process' || entry.state !== 'ready' || entry.start_ms === undefined) continue;
        const before = lives.get(entry.name);
        lives.set(entry.name, { restarts: before ? before.restarts + 1 : 0, readyAt: entry.at });
      }
    },
    of: (name: string): Life => lives.get(name) ?? { restarts: 0, readyAt: undefined },
  };
}
