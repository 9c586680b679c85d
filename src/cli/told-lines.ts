import type { JournalEntry } from '../protocol/records.ts';
import { runLines } from './run-lines.ts';

export interface TellOptions {
  readonly color: boolean;
  readonly json: boolean;
  /** Of a user who does not, `routed` is an outcome. */
  readonly acknowledges: (user: string) => boolean;
  /** What is older is not told, in ms since 1970. */
  readonly since?: number | undefined;
}

/**
 * A journal for whoever reads along: the plain lines of `up`, or each of them as an object on one line, with all that
 * its record says and the line as `text`. Give it the entries in order; what is not worth a line is undefined.
 */
export function toldLines({ color, json, acknowledges, since = 0 }: TellOptions) {
  const line = runLines(color && !json, acknowledges);
  return (entry: JournalEntry): string | undefined => {
    const text = line(entry);
    if (text === undefined || entry.at < since) return undefined;
    return json ? JSON.stringify({ ...entry, text: withoutClock(text) }) : text;
  };
}

const withoutClock = (line: string): string => line.replace(/^\S+\s+/, '');
