import { z } from 'zod';
import { type JournalRecord, journalRecord } from '../protocol/records.ts';
import { endMark } from './end-mark.ts';
import { plainText } from './plain-text.ts';

const endLine = z.object({ type: z.literal(endMark.type) });

export type JournalLine =
  | { readonly kind: 'record'; readonly record: JournalRecord }
  | { readonly kind: 'end' }
  /** Half a line of a writer that died in it or met a full disk, or a record of a newer version. */
  | { readonly kind: 'unreadable' };

/** Whatever `plainText` could find something in once the line is decoded; most lines hold nothing of the kind. */
const suspicious = /\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\\[bfrt]|\\u[\da-f]{4}/iu;

const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? plainText(value) : value;

/** What one line of a journal file says. Names and sentences in it came over the network: they are made plain here. */
export function readLine(text: string): JournalLine {
  let parsed: unknown;
  try {
    parsed = suspicious.test(text) ? JSON.parse(text, plain) : JSON.parse(text);
  } catch {
    return { kind: 'unreadable' };
  }
  const record = journalRecord.safeParse(parsed);
  if (record.success) return { kind: 'record', record: record.data };
  return { kind: endLine.safeParse(parsed).success ? 'end' : 'unreadable' };
}
