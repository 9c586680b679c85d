import { shortWords } from '../journal/words.ts';
import type { Progress } from './progress.ts';

/** What became of an event for one recipient, with the reason where it did not arrive. */
export function outcomeWords(progress: Progress | undefined): string {
  if (!progress) return 'under way';
  const { word, why } = progress;
  return why === undefined || why === word ? word : `${word}: ${shortWords(why)}`;
}

/** The same in as little room as possible: a glyph beside it says whether it arrived. */
export function shortOutcome(progress: Progress | undefined): string {
  if (progress?.end === 'delivered') return '';
  return shortWords(progress?.why ?? progress?.word ?? '');
}
