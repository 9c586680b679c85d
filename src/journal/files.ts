import { join } from 'node:path';
import type { JournalTarget } from '../protocol/control.ts';

/** The folder of a run in which each process keeps its own file for each of its starts. */
export const journalFolder = (runFolder: string): string => join(runFolder, 'journal');

/** What a process is told to write to at its `generation`-th start. */
export function targetOf(runFolder: string, process: string, generation: number): JournalTarget {
  return { file: join(journalFolder(runFolder), `${process}.${generation}.ndjson`), process, generation };
}

/** The writer of a file by its name, or undefined where it is no journal. A process may have dots in its name. */
export function writerOf(name: string): Pick<JournalTarget, 'process' | 'generation'> | undefined {
  const [, process, generation] = /^(.+)\.([1-9]\d*)\.ndjson$/.exec(name) ?? [];
  return process && generation ? { process, generation: Number(generation) } : undefined;
}
