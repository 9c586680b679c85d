import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEntry, JournalRecord } from '../protocol/records.ts';
import { journalFolder, writerOf } from './files.ts';
import { mergeComplete } from './merge.ts';
import { tail } from './tail.ts';

/**
 * The journal of a run that is over, or of one that goes on as far as it is written, from the files in its folder.
 * Rejects with ENOENT where there is no such folder.
 */
export async function readRun(runFolder: string): Promise<JournalEntry[]> {
  const folder = journalFolder(runFolder);
  const writers = (await readdir(folder))
    .map((name) => ({ file: join(folder, name), writer: writerOf(name) }))
    .flatMap(({ file, writer }) => (writer ? [{ file, ...writer }] : []))
    .sort((a, b) => a.generation - b.generation);
  const streams = new Map<string, JournalRecord[]>();
  for (const { file, process } of writers) {
    const records = streams.get(process) ?? [];
    streams.set(process, records);
    await using reader = tail(file);
    for (let more = true; more; ) {
      const read = await reader.read();
      more = read.more;
      for (const line of read.lines) if (line.kind === 'record') records.push(line.record);
    }
  }
  return mergeComplete(streams).map(({ process, record }, index) => ({ ...record, n: index + 1, process }));
}
