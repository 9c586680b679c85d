import { z } from 'zod';
import { type JournalRecord, journalRecord } from '../protocol/records.ts';
import { endMark } from './end-mark.ts';

const endLine = z.object({ type: z.literal(endMark.type) });

export type JournalLine =
  | { readonly kind: 'record'; readonly record: JournalRecord }
  | { readonly kind: 'end' }
  /** Half a line of a writer that died in it or met a full disk, or a record of a newer version. */
  | { readonly kind: 'unreadable' };

/** What one line of a journal file says. */
export function readLine(text: string): JournalLine {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'unreadable' };
  }
  const record = journalRecord.safeParse(parsed);
  if (record.success) return { kind: 'record', record: record.data };
  return { kind: endLine.safeParse(parsed).success ? 'end' : 'unreadable' };
}
