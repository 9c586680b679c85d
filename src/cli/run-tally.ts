import type { Stage } from '../protocol/receipts.ts';
import type { JournalEntry, StepRecord } from '../protocol/records.ts';

/** What a run has come to, for the words at its end. */
export interface RunTally {
  take(entries: readonly JournalEntry[]): void;
  /** The event that was the last one not to reach somebody, and whom; one that got there later does not count. */
  lastUndelivered(): { readonly event: string; readonly to: string | undefined } | undefined;
}

const mostRemembered = 1000;

const missed: readonly Stage[] = ['unavailable', 'limited', 'refused', 'quarantined'];

export function runTally(): RunTally {
  const missing = new Map<string, { readonly event: string; readonly to: string | undefined }>();

  function miss(event: string, to: string | undefined): void {
    const key = `${event} ${to ?? ''}`;
    missing.delete(key);
    missing.set(key, { event, to });
    const [oldest] = missing.keys();
    if (missing.size > mostRemembered && oldest !== undefined) missing.delete(oldest);
  }
  function step(entry: StepRecord): void {
    if (entry.step === 'rejected') miss(entry.event, undefined);
    if (entry.step !== 'settled') return;
    if (missed.includes(entry.stage)) miss(entry.event, entry.to);
    else missing.delete(`${entry.event} ${entry.to}`);
  }
  return {
    take(entries) {
      for (const entry of entries) if (entry.type === 'step') step(entry);
    },
    lastUndelivered: () => [...missing.values()].at(-1),
  };
}
