import { eventId, positionId, userId } from '../../src/protocol/ids.ts';
import type { JournalEntry, JournalRecord, StepRecord } from '../../src/protocol/records.ts';

/** Numbers records as a journal does. */
export const entries = (...records: readonly JournalRecord[]): JournalEntry[] =>
  records.map((record, index) => ({ ...record, n: index + 1, process: 'test' }));

export const [alice, bob, carol] = [userId.parse('alice'), userId.parse('bob'), userId.parse('carol')];

const ofEvent = {
  type: 'step',
  event: eventId.parse('e1'),
  kind: 'position_shared',
  from: alice,
  position: positionId.parse('berlin-calls'),
} as const;

/** The life of alice's event e1 up to a step, for bob. */
export const steps = {
  posted: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'posted', request: 'POST /share' }),
  saved: (at = 0, recipients = [bob]): StepRecord => ({ ...ofEvent, at, step: 'saved', recipients }),
  lookedUp: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'looked_up', to: bob, verdict: 'deliver' }),
  routed: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'routed', to: bob }),
  offline: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'looked_up', to: bob, verdict: 'offline' }),
  stranger: (at = 0): StepRecord => ({
    ...ofEvent,
    at,
    step: 'looked_up',
    to: carol,
    verdict: 'not_friends',
  }),
  rejected: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'rejected', code: 'spoofed' }),
  applied: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'committed', to: bob, outcome: 'applied' }),
  refused: (at = 0): StepRecord => ({
    ...ofEvent,
    at,
    step: 'committed',
    to: bob,
    outcome: 'refused',
    code: 'no_access',
  }),
  stored: (at = 0): StepRecord => ({ ...ofEvent, at, step: 'stored', to: bob }),
};

/** One of many events, told apart by a number. */
export const numbered = (n: number): StepRecord => ({
  ...steps.saved(n),
  event: eventId.parse(`e${n}`),
});
