import { performance } from 'node:perf_hooks';
import type { JournalTarget } from '../protocol/control.ts';
import type { JournalEntry, JournalRecord } from '../protocol/records.ts';
import { targetOf } from './files.ts';
import type { Journal } from './journal.ts';
import { keptEntries } from './kept-entries.ts';
import { causalMerge, type Merged } from './merge.ts';
import { type Tail, tail } from './tail.ts';
import { openJournalWriter } from './writer.ts';

/** A journal as its owner, the stack, sees it: with the files that it has to watch. */
export interface OpenJournal extends Journal {
  /** A process is about to write to this file. */
  follow(target: JournalTarget): void;
  /** There is something new in the file. */
  ring(target: JournalTarget): void;
  /** The writer of the file is gone: reads the rest, and tells of a gap where there is no end mark. */
  leave(target: JournalTarget): Promise<void>;
}

export interface OpenJournalOptions {
  readonly runFolder: string;
  /** The writer of `tell`. */
  readonly process?: string;
  readonly keep?: number;
  readonly complain?: (sentence: string) => void;
}

interface Followed {
  readonly target: JournalTarget;
  readonly tail: Tail;
  ended: boolean;
  /** Reads wait for one another; `again` folds any number of rings during a read into one more. */
  reading: Promise<void> | undefined;
  again: boolean;
}

/** Opens the merged journal of a run: empty, with a file of its own for what this process tells. */
export function openJournal({
  runFolder,
  process = 'stack',
  keep = 50_000,
  complain = () => {},
}: OpenJournalOptions): OpenJournal {
  const merge = causalMerge();
  const kept = keptEntries(keep);
  const files = new Map<string, Followed>();
  const listeners = new Set<(entries: readonly JournalEntry[]) => void>();
  let expiry: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  const own = targetOf(runFolder, process, 1);
  const writer = openJournalWriter(own, {
    complain,
    ring(rung) {
      journal.ring(own);
      rung();
    },
  });

  function publish(merged: readonly Merged[]): void {
    if (merged.length > 0) {
      const entries = kept.add(merged);
      for (const listener of listeners) listener(entries);
    }
    const due = merge.due();
    clearTimeout(expiry);
    if (due === undefined) return;
    const wait = Math.max(1, due - performance.now() + 1);
    expiry = setTimeout(() => publish(merge.expire(performance.now())), wait);
    expiry.unref();
  }

  /** Resolves when everything that is in the file now has been taken. */
  function read(file: Followed): Promise<void> {
    if (file.reading) file.again = true;
    file.reading ??= readOn(file).finally(() => {
      file.reading = undefined;
    });
    return file.reading;
  }

  async function readOn(file: Followed): Promise<void> {
    for (let more = true; more || file.again; ) {
      if (!more) file.again = false;
      const { lines, more: rest } = await file.tail.read();
      more = rest;
      const records: JournalRecord[] = [];
      for (const line of lines) {
        if (line.kind === 'record') records.push(line.record);
        // A start that was tried again writes on behind its first end.
        if (line.kind !== 'unreadable') file.ended = line.kind === 'end';
      }
      publish(merge.take(file.target.process, records, performance.now()));
    }
  }

  async function close(): Promise<void> {
    writer[Symbol.dispose]();
    await Promise.all([...files.values()].map(read));
    publish(merge.expire(Infinity));
    clearTimeout(expiry);
    listeners.clear();
    await Promise.all([...files.values()].map((file) => file.tail[Symbol.asyncDispose]()));
    files.clear();
  }

  const journal: OpenJournal = {
    get first() {
      return kept.first;
    },
    get last() {
      return kept.last;
    },
    since: kept.since,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell: writer.tell,
    async refresh() {
      writer.flush();
      await Promise.all([...files.values()].map(read));
    },
    follow(target) {
      if (closing) return;
      files.set(target.file, {
        target,
        tail: tail(target.file),
        ended: false,
        reading: undefined,
        again: false,
      });
      merge.join(target.process);
    },
    ring(target) {
      const file = files.get(target.file);
      if (file && !closing) void read(file);
    },
    async leave(target) {
      const file = files.get(target.file);
      if (!file || closing) return;
      await read(file);
      if (!files.delete(target.file)) return;
      publish(merge.end(target.process, performance.now()));
      if (!file.ended) writer.tell({ type: 'gap', name: target.process, generation: target.generation });
      await file.tail[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      closing ??= close();
      await closing;
    },
  };
  journal.follow(own);
  return journal;
}
