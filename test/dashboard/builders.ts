import type { FeedEvent } from '../../src/dashboard/feed/feed.ts';
import { type Model, newModel, take } from '../../src/dashboard/model.ts';
import { eventId, positionId, userId } from '../../src/protocol/ids.ts';
import type { JournalEntry, JournalRecord, StepRecord } from '../../src/protocol/records.ts';

/** Numbers records as a journal does. */
export const entries = (...records: readonly JournalRecord[]): JournalEntry[] =>
  records.map((record, index) => ({ ...record, n: index + 1, process: 'test' }));

export const [alice, bob, carol] = [userId.parse('alice'), userId.parse('bob'), userId.parse('carol')];

/** A model after some records. */
export function modelAfter(...records: readonly JournalRecord[]): Model {
  const model = newModel();
  for (const entry of entries(...records)) take(model, entry, 0);
  return model;
}

/** The steps of one event of alice's, told apart by a number. */
export function anEvent(n = 1, kind: StepRecord['kind'] = 'position_shared') {
  const ofEvent = {
    type: 'step',
    event: eventId.parse(`e${n}`),
    kind,
    from: alice,
    position: positionId.parse('berlin-calls'),
  } as const;
  return {
    posted: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'posted', request: 'POST /share' }),
    saved: (at = 0, recipients = [bob]): StepRecord => ({ ...ofEvent, at, step: 'saved', recipients }),
    sent: (at = 0, recipients = [bob]): StepRecord => ({
      ...ofEvent,
      at,
      step: 'sent',
      recipients,
      attempt: 1,
    }),
    lookedUp: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'looked_up', to: bob, verdict: 'deliver' }),
    offline: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'looked_up', to: bob, verdict: 'offline' }),
    stranger: (at = 0): StepRecord => ({
      ...ofEvent,
      at,
      step: 'looked_up',
      to: carol,
      verdict: 'not_friends',
    }),
    routed: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'routed', to: bob }),
    received: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'received', to: bob, duplicate: false }),
    rejected: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'rejected', recipients: [], code: 'spoofed' }),
    applied: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'committed', to: bob, outcome: 'applied' }),
    refused: (at = 0): StepRecord => ({
      ...ofEvent,
      at,
      step: 'committed',
      to: bob,
      outcome: 'refused',
      code: 'no_access',
    }),
    fetched: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'fetched', to: bob, status: 200, attempt: 1 }),
    stored: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'stored', to: bob }),
  };
}

/** The steps of the first. */
export const steps = anEvent();

/** One of many events that have only begun. */
export const numbered = (n: number): StepRecord => anEvent(n).saved(n);

/** What the first event of some records looks like in the feed. */
export function eventAfter(...records: readonly JournalRecord[]): FeedEvent {
  const event = modelAfter(...records).feed.at(1);
  if (!event) throw new Error('There is no event.');
  return event;
}

/** alice shares with bob, who gets it, and with carol, who is a stranger. */
export function aShare(n = 1, at = 1000): StepRecord[] {
  const event = anEvent(n);
  return [
    event.posted(at),
    event.saved(at, [bob, carol]),
    event.sent(at + 1, [bob, carol]),
    event.lookedUp(at + 2),
    event.stranger(at + 2),
    event.routed(at + 3),
    event.received(at + 4),
    event.applied(at + 5),
    event.fetched(at + 8),
    event.stored(at + 9),
  ];
}

/** A small stack that runs: a relay, two friends and a stranger, of which carol is not connected. */
export const aStack: readonly JournalRecord[] = [
  { type: 'process', at: 1, name: 'relay', state: 'starting' },
  { type: 'process', at: 2, name: 'relay', state: 'ready', url: 'http://127.0.0.1:9000' },
  ...(['alice', 'bob', 'carol'] as const).flatMap((name, index): JournalRecord[] => [
    { type: 'process', at: 1, name, state: 'starting' },
    { type: 'process', at: 2, name, state: 'ready', url: `http://127.0.0.1:${8000 + index}` },
    { type: 'presence', at: 3, user: userId.parse(name), status: name === 'carol' ? 'offline' : 'online' },
  ]),
  { type: 'outbox', at: 4, user: alice, pending: 2 },
];
