import type { Source } from './source.ts';

/** A piece of a file, as offsets into its text; `end` is the first offset behind it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Something wrong with a scenario file, and where. A warning does not keep the file from running. */
export interface Complaint extends Range {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string | undefined;
}

/** `file:line:col message`, the source line, a squiggle under the exact range, and the hint. */
export function renderComplaint(source: Source, complaint: Complaint): string {
  const { file } = source;
  const { line, column } = source.at(complaint.start);
  const word = complaint.severity === 'warning' ? 'warning: ' : '';
  const head = `${file}:${line}:${column} ${word}${complaint.message}`;
  const hint = complaint.hint === undefined ? [] : [`  ${complaint.hint}`];
  return [head, ...pointAt(source, complaint), ...hint].join('\n');
}

/** The complaints sorted by place, an empty line between two. */
export function renderComplaints(source: Source, complaints: readonly Complaint[]): string {
  return byPlace(complaints)
    .map((complaint) => renderComplaint(source, complaint))
    .join('\n\n');
}

export function byPlace(complaints: readonly Complaint[]): Complaint[] {
  return complaints.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

/** The line in which a range begins, and a squiggle under as much of the range as lies in that line. */
export function pointAt(source: Source, range: Range): string[] {
  const { line, column } = source.at(range.start);
  const text = source.line(line).replaceAll('\t', ' ');
  if (text === '') return [];
  const room = Math.max(1, text.length - (column - 1));
  const length = Math.min(Math.max(1, range.end - range.start), room);
  return [`  ${text}`, `  ${' '.repeat(column - 1)}${'~'.repeat(length)}`];
}
