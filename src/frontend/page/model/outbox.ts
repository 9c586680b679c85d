import type { OutboxEntry } from '../../../protocol/backend-rest.ts';
import type { EventId, PositionId, UserId } from '../../../protocol/ids.ts';
import type { PageState } from './state.ts';

/** One change of this user, with how far it got towards each who is to have it. */
export interface Change {
  readonly id: EventId;
  readonly type: OutboxEntry['type'];
  readonly position: PositionId;
  readonly entries: readonly OutboxEntry[];
}

/** What has not come to its end yet, the oldest first. */
export function waitingChanges(outbox: PageState['outbox']): Change[] {
  const waiting = [...outbox.values()].filter(({ settled }) => !settled);
  const events = Map.groupBy(waiting, ({ event_id }) => event_id);
  return [...events].flatMap(([id, entries]) => {
    const [first] = entries;
    return first ? [{ id, type: first.type, position: first.position_id, entries }] : [];
  });
}

/** The share of a position that has not reached this friend yet. */
export const shareOnItsWay = (
  outbox: PageState['outbox'],
  position: PositionId,
  friend: UserId,
): OutboxEntry | undefined =>
  [...outbox.values()].find(
    ({ position_id, to, type, settled }) =>
      type === 'position_shared' && position_id === position && to === friend && !settled,
  );

/** `3 changes wait until the connection is back`: the sentence over the list. */
export function outboxSentence(
  changes: readonly Change[],
  relay: boolean | undefined,
  nameOf: (user: UserId) => string,
): string {
  const { length } = changes;
  const some = length === 1 ? '1 change waits' : `${length} changes wait`;
  if (relay === false) {
    return length === 0
      ? 'Your backend cannot reach others now. What you change waits here until the connection is back.'
      : `${some} until the connection is back.`;
  }
  if (length === 0) return 'Everything has arrived.';
  const names = [...new Set(changes.flatMap(({ entries }) => entries.map(({ to }) => nameOf(to))))];
  return `${some} for ${listed(names)}.`;
}

/** `You, Bob and Carol`. */
export const allOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** `Bob`, `Bob and Carol`, `Bob, Carol and 3 others`. */
export function listed(names: readonly string[]): string {
  const [first = '', second] = names;
  if (second === undefined) return first;
  if (names.length === 2) return `${first} and ${second}`;
  const others = names.length - 2;
  return `${first}, ${second} and ${others} ${others === 1 ? 'other' : 'others'}`;
}
