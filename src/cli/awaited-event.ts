import type { JournalEntry, StepRecord } from '../protocol/records.ts';

/** An event that somebody waits for; an absent field admits everything. */
export interface AwaitedEvent {
  /** A type, or the id of one event. */
  readonly event: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The name of a position, or its id. */
  readonly about?: string | undefined;
  /** How far it has to have come. */
  readonly stage: string;
}

/** How far an event can come that somebody waits for, in order; the last ones are answers of the recipient's side. */
export const awaitedStages = [
  'saved',
  'sent',
  'accepted',
  'routed',
  'unavailable',
  'limited',
  'refused',
  'quarantined',
  'delivered',
] as const;

/** Whether an entry is of the event that is meant, at whatever step. */
export function isOfEvent({ event, from, to, about }: AwaitedEvent, entry: JournalEntry): entry is Step {
  if (entry.type !== 'step') return false;
  if (entry.kind !== event && entry.event !== event) return false;
  if (from !== undefined && entry.from !== from) return false;
  if (to !== undefined && !recipientsOf(entry).includes(to)) return false;
  return about === undefined || entry.position === about || entry.position?.startsWith(`${about}~`) === true;
}

/** Whether an entry says that the event has come so far. */
export const hasCome = (awaited: AwaitedEvent, entry: JournalEntry): boolean =>
  isOfEvent(awaited, entry) && stageOf(entry) === awaited.stage;

type Step = StepRecord & { readonly n: number; readonly process: string };

function recipientsOf(step: StepRecord): readonly string[] {
  if ('to' in step) return [step.to];
  return 'recipients' in step ? step.recipients : [];
}

/** What its sender is told, or the step itself. */
export const stageOf = (step: StepRecord): string => (step.step === 'settled' ? step.stage : step.step);

/** `position_shared from alice to bob about berlin-calls` */
export const describeAwaited = ({ event, from, to, about }: AwaitedEvent): string =>
  [event, from && `from ${from}`, to && `to ${to}`, about && `about ${about}`].filter(Boolean).join(' ');
