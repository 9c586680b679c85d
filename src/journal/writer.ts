import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { messageOf } from '../problem.ts';
import type { JournalTarget } from '../protocol/control.ts';
import type { Tell } from '../protocol/records.ts';
import { bell } from './bell.ts';
import { endMark } from './end-mark.ts';

export interface JournalWriter extends Disposable {
  readonly tell: Tell;
  /** Writes now what this turn of the event loop has collected. */
  flush(): void;
}

export interface JournalWriterOptions {
  /** Says that there is something new in the file; calls back once the other side can take the next ring. */
  readonly ring: (rung: () => void) => void;
  /** Told once when the file cannot be written: the product goes on without its journal. */
  readonly complain: (sentence: string) => void;
}

/** The time now in ms since 1970, with fractions, and monotonic within a process. */
export const now = (): number => performance.timeOrigin + performance.now();

/**
 * Opens one process's own journal file for appending, one record a line. Everything that is told within one turn of
 * the event loop goes out in one synchronous write, so that a record survives a SIGKILL of its writer and never waits
 * for its reader. Disposing writes the end mark; a file without one ends in a gap.
 *
 * Throws if the file cannot be opened; afterwards it never throws into the product.
 */
export function openJournalWriter(target: JournalTarget, options: JournalWriterOptions): JournalWriter {
  mkdirSync(dirname(target.file), { recursive: true });
  const file = openSync(target.file, 'a', 0o600);
  const doorbell = bell(options.ring);
  let pending = '';
  let scheduled = false;
  let closed = false;
  let lost = 0;
  let complained = false;

  function flush(): void {
    if (pending === '') return;
    // A failed write may have left half a line behind; a line break keeps it apart from what follows.
    const text = lost > 0 ? `\n${line(lostNote(lost))}${pending}` : pending;
    const records = countLines(pending);
    pending = '';
    try {
      writeFully(file, Buffer.from(text));
      lost = 0;
      doorbell.ring();
    } catch (thrown) {
      lost += records;
      if (!complained)
        options.complain(`The journal ${target.file} cannot be written: ${messageOf(thrown)}.`);
      complained = true;
    }
  }

  return {
    tell(happening) {
      if (closed) return;
      pending += line(happening);
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        flush();
      });
    },
    flush,
    [Symbol.dispose]() {
      if (closed) return;
      closed = true;
      pending += line(endMark);
      flush();
      doorbell[Symbol.dispose]();
      closeSync(file);
    },
  };
}

/** Puts the time in front without copying the object: this runs several times for each routed event. */
function line(happening: object): string {
  return `{"at":${now()},${JSON.stringify(happening).slice(1)}\n`;
}

const lostNote = (records: number) => ({
  type: 'note',
  level: 'warn',
  code: 'journal-lost',
  text: `${records} ${records === 1 ? 'record' : 'records'} could not be written here.`,
});

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** `write(2)` may take a part only, above all when the disk is about to be full. */
function writeFully(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
