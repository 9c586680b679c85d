import type { EventType } from '../protocol/events.ts';
import type { RoutingVerdict } from '../protocol/records.ts';
import type { Progress } from './progress.ts';

/** The four events by the act that makes them. */
export const kindWords: Readonly<Record<EventType, string>> = {
  position_shared: 'share',
  comment_added: 'comment',
  position_updated: 'update',
  share_revoked: 'revoke',
};

/** What the relay found about one candidate, in plain words. */
export const verdictWords: Readonly<Record<RoutingVerdict, string>> = {
  deliver: 'a friend, and connected',
  unknown: 'nobody has connected under this name',
  offline: 'a friend, but not connected now',
  not_friends: 'not friends, each must name the other',
  leaving: 'a friend no more, so only revokes pass',
  slow: 'connected, but does not read fast enough',
  limited: 'a limit was hit',
};

/** What became of an event for one recipient, with the reason where it did not arrive. */
export function outcomeWords(progress: Progress | undefined): string {
  if (!progress) return 'under way';
  const { word, why } = progress;
  return why === undefined || why === word ? word : `${word}: ${plain(why)}`;
}

/** The same in as little room as possible: a glyph beside it says whether it arrived. */
export function shortOutcome(progress: Progress | undefined): string {
  if (progress?.end === 'delivered') return '';
  return plain(progress?.why ?? progress?.word ?? '');
}

const plain = (code: string): string => code.replaceAll('_', ' ');
