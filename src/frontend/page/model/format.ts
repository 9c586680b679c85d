import type { Leg, Position } from '../../../protocol/positions.ts';

const day = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `19 Feb 2027`, of a date without a time. */
export const dateInWords = (date: string): string => day.format(new Date(`${date}T00:00:00Z`));

/** `14:53` today, `21 Nov, 14:53` on another day: in the reader's own zone. */
export function timeInWords(at: string, now: Date): string {
  const time = new Date(at);
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${clock}`;
}

/** `NVDA iron condor`. */
export const titleOf = ({ symbol, strategy }: Pick<Position, 'symbol' | 'strategy'>): string =>
  strategy === '' ? symbol : `${symbol} ${strategy}`;

/** By their names, `SYM2` before `SYM10`. */
export const byTitle = (a: Position, b: Position): number =>
  titleOf(a).localeCompare(titleOf(b), 'en', { numeric: true });

/** Whether a position is one of those that somebody looks for by a word of its title or its tags. */
export const isFound = (position: Position, text: string): boolean =>
  [titleOf(position), ...position.tags].join(' ').toLowerCase().includes(text.trim().toLowerCase());

/** `4 legs, until 19 Feb 2027`. */
export function legsInShort(legs: readonly Leg[]): string {
  const last = legs
    .map(({ expiration }) => expiration)
    .toSorted()
    .at(-1);
  if (last === undefined) return 'no legs';
  return `${legs.length} ${legs.length === 1 ? 'leg' : 'legs'}, until ${dateInWords(last)}`;
}
