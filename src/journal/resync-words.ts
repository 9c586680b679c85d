import type { ResyncRecord } from '../protocol/records.ts';
import { codeWords } from './words.ts';

/** What a comparison of copies with their owner led to: `bob compared alice's shares, after events that were given up: 2 fetched`. */
export function resyncWords(record: ResyncRecord): string {
  const { user, friend, state, why, position, code } = record;
  if (state === 'stored') return `${user}'s backend stored ${friend}'s ${position ?? 'position'} anew`;
  if (position !== undefined) return `${user}'s backend gave up on ${friend}'s ${position}`;
  const cause = why ? `, ${whyWords[why]}` : '';
  const again = state === 'failed' ? 'will try again' : 'leaves it at that';
  return state === 'compared'
    ? `${user}'s backend compared what ${friend} shares${cause}: ${changesIn(record)}`
    : `${user}'s backend could not compare what ${friend} shares${cause} (${codeWords(code ?? 'failed')}) and ${again}`;
}

const whyWords: Readonly<Record<NonNullable<ResyncRecord['why']>, string>> = {
  start: 'because it started',
  friend_started: 'because that backend started',
  skipped: 'because events may have been given up',
  quarantined: 'because an event was put aside',
  befriended: 'because they are friends now',
  gone: 'because a copy has no original',
};

function changesIn({ fetches, removed, comments_removed, comments_sent_again }: ResyncRecord): string {
  const parts = [
    [fetches, 'to fetch'],
    [removed, 'removed'],
    [comments_removed, 'comments removed'],
    [comments_sent_again, 'comments sent again'],
  ] as const;
  const changes = parts.filter(([count]) => (count ?? 0) > 0).map(([count, what]) => `${count} ${what}`);
  return changes.length > 0 ? changes.join(', ') : 'nothing differs';
}
