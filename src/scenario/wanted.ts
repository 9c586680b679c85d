import type { PositionId, UserId } from '../protocol/ids.ts';
import { explain } from './difference.ts';
import type { Observed } from './observed.ts';
import { firstDifference } from './pattern.ts';
import { show } from './show.ts';
import type { Stream } from './stream.ts';

/** What an expectation looks for; an absent field admits everything. */
export interface Wanted {
  readonly type: string;
  readonly about?: PositionId | undefined;
  readonly from?: UserId | undefined;
  readonly match?: unknown;
}

type LabelOf = (id: string) => string;

/** In how many ways something is not what was wanted; none is a match. The order is that of the file's words. */
export function mismatches(wanted: Wanted, seen: Observed, labelOf: LabelOf): string[] {
  const found: string[] = [];
  if (wanted.type !== 'any' && wanted.type !== seen.type) {
    found.push(`type: expected ${wanted.type}, saw ${seen.type}`);
  }
  if (wanted.about !== undefined && wanted.about !== seen.position) {
    const saw = seen.position === undefined ? 'no position' : labelOf(seen.position);
    found.push(`about: expected ${labelOf(wanted.about)}, saw ${saw}`);
  }
  if (wanted.from !== undefined && wanted.from !== seen.from) {
    found.push(`from: expected ${wanted.from}, saw ${seen.from ?? 'nobody'}`);
  }
  if (wanted.match !== undefined) {
    const difference = firstDifference(wanted.match, seen.body);
    if (difference) found.push(explain(difference));
  }
  return found;
}

export const isMatch = (wanted: Wanted, seen: Observed): boolean =>
  mismatches(wanted, seen, (id) => id).length === 0;

/** `position_shared about berlin-calls from alice` */
export function describeWanted({ type, about, from, match }: Wanted, labelOf: LabelOf): string {
  return [
    type === 'any' ? 'anything' : type,
    about === undefined ? '' : ` about ${labelOf(about)}`,
    from === undefined ? '' : ` from ${from}`,
    match === undefined ? '' : ` that matches ${show(match)}`,
  ].join('');
}

/** `comment_added about berlin-calls from bob` */
export function describeSeen({ type, position, from, note }: Observed, labelOf: LabelOf): string {
  const words = describeWanted({ type, about: position, from }, labelOf);
  return note === undefined ? words : `${words} (${note})`;
}

/** What was there instead: the nearest first, with its first difference; at most three lines and the number left. */
export function candidateLines(
  wanted: Wanted,
  seen: readonly (Observed & { readonly taken: boolean })[],
  labelOf: LabelOf,
  witness: Stream['witness'],
): string[] {
  if (seen.length === 0) return [`Nothing was seen by the ${witness}.`];
  const ranked = seen
    .map((one) => ({ one, off: mismatches(wanted, one, labelOf) }))
    .toSorted((a, b) => a.off.length - b.off.length || a.one.n - b.one.n);
  const lines = ranked.slice(0, 3).map(({ one, off: [first] }) => {
    const why = first ?? (one.taken ? 'claimed by an earlier expectation' : 'it matches');
    return `${one.n}. ${describeSeen(one, labelOf)}: ${why}`;
  });
  const more = ranked.length - lines.length;
  return [`Seen by the ${witness}:`, ...lines, ...(more > 0 ? [`and ${more} more`] : [])];
}
