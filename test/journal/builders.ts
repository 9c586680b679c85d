import { eventId, positionId, userId } from '../../src/protocol/ids.ts';
import { type JournalRecord, stepRecord } from '../../src/protocol/records.ts';

export const alice = userId.parse('alice');
export const bob = userId.parse('bob');

/** A step of a `position_shared` from alice to bob, with whatever the step needs on top. */
export function step(name: string, more: Record<string, unknown> = {}): JournalRecord {
  return stepRecord.parse({
    type: 'step',
    at: 0,
    event: eventId.parse('event-1'),
    kind: 'position_shared',
    from: alice,
    position: positionId.parse('berlin-calls'),
    step: name,
    to: bob,
    recipients: [bob],
    request: 'POST /share',
    attempt: 1,
    verdict: 'deliver',
    duplicate: false,
    outcome: 'applied',
    stage: 'delivered',
    code: 'none',
    pages: 1,
    ...more,
  });
}

/** The whole life of one event, in an order in which it can happen: each step with its process. */
export function lifeOf(event: string): { process: string; record: JournalRecord }[] {
  const life: [string, string, Record<string, unknown>?][] = [
    ['alice', 'posted'],
    ['alice', 'saved'],
    ['alice', 'sent'],
    ['relay', 'accepted'],
    ['relay', 'looked_up'],
    ['relay', 'routed'],
    ['alice', 'settled', { stage: 'routed' }],
    ['bob', 'received'],
    ['bob', 'committed'],
    ['bob', 'acknowledged'],
    ['alice', 'settled', { stage: 'delivered' }],
    ['bob', 'fetched', { status: 200 }],
    ['bob', 'stored'],
    ['bob', 'notified'],
    ['page', 'shown'],
  ];
  return life.map(([process, name, more]) => ({ process, record: step(name, { event, ...more }) }));
}
