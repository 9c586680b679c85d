import type { OutboxEntry } from '../protocol/backend-rest.ts';

export type OutboxStage = OutboxEntry['stage'];
export const untils = ['saved', 'accepted', 'routed', 'delivered'] as const;
export type Until = (typeof untils)[number];

/** How far along the way a stage is: `unavailable` was accepted, and was not routed. */
const far: Readonly<Record<OutboxStage, number>> = {
  pending: 0,
  limited: 0,
  expired: 0,
  accepted: 1,
  unavailable: 1,
  routed: 2,
  nacked: 2,
  refused: 2,
  quarantined: 2,
  delivered: 3,
};

const needed: Readonly<Record<Until, number>> = { saved: 0, accepted: 1, routed: 2, delivered: 3 };

/** Whether an event has got as far as a step wants to wait for, `'never'` if it will not any more. */
export function reachedUntil(entry: OutboxEntry, until: Until): boolean | 'never' {
  if (far[entry.stage] >= needed[until]) return true;
  return entry.settled ? 'never' : false;
}

/**
 * Whether a receipt is the expected one. `accepted` and `routed` are stations on the way and stay true later; every
 * other stage has to be the present one.
 */
export function isStage(entry: OutboxEntry, wanted: OutboxStage): boolean | 'never' {
  const passedBy = wanted === 'accepted' || wanted === 'routed';
  if (entry.stage === wanted || (passedBy && far[entry.stage] >= far[wanted])) return true;
  return entry.settled ? 'never' : false;
}
