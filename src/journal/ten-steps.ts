import type { EventId, UserId } from '../protocol/ids.ts';
import type { JournalEntry, StepName, StepRecord } from '../protocol/records.ts';
import { codeWords, routingWords } from './words.ts';

/** The data flow of the architecture brief, "User A shares a position with User B", in short. */
const texts = [
  'the user acts on the page',
  "the page calls its user's backend",
  'the backend stores it in its own database',
  'the backend sends the event to the relay',
  'the relay looks up the recipient',
  "the relay forwards the event to the recipient's backend",
  'the backend receives the event and fetches what it names',
  'the backend stores its copy, read-only',
  'the backend notifies the page',
  'the page shows it',
] as const;

export type Carrier = 'relay' | 'peer' | 'bus';

/** Where no relay is, its part falls to the sender's backend, or to the bus of the one process. */
const withoutRelay: Readonly<Record<Exclude<Carrier, 'relay'>, Readonly<Record<number, string>>>> = {
  peer: {
    4: 'the backend turns to the recipient (there is no relay in this topology)',
    5: "the backend looks up the recipient's backend",
    6: "the recipient's backend takes the call",
  },
  bus: {
    4: 'the backend hands the event to the bus (there is no relay in this topology)',
    5: 'the bus looks up the recipient',
    6: "the bus hands it to the recipient's part",
  },
};

/** Who says what became of looking somebody up. */
export const finder: Readonly<Record<Carrier, string>> = {
  relay: 'the relay',
  peer: 'the backend',
  bus: 'the bus',
};

/** Who carries an event, as its own steps tell. */
export function carrierOf(steps: Iterable<StepRecord>): Carrier {
  for (const step of steps) if ('by' in step && step.by !== undefined) return step.by;
  return 'relay';
}

/** Which of the brief's steps a record shows. What is not here happens beside them: acknowledgements and receipts. */
export const numberOf: Readonly<Partial<Record<StepName, number>>> = {
  posted: 2,
  saved: 3,
  sent: 4,
  accepted: 4,
  looked_up: 5,
  routed: 6,
  received: 7,
  committed: 7,
  fetched: 7,
  stored: 8,
  notified: 9,
  shown: 10,
};

export interface TenStep {
  /** 1 to 10, as in the brief. */
  readonly n: number;
  readonly text: string;
  /** Whose record it is; undefined where there is none. */
  readonly process: string | undefined;
  /** When it was done, in ms since 1970 by that process's clock. */
  readonly at: number | undefined;
  /** Since the first record of the event. */
  readonly msSinceStart: number | undefined;
  /** Why there is no record, as far as that is known. A missing record alone proves nothing. */
  readonly missing?: string;
}

type Step = StepRecord & { readonly process: string };

/** Holds what the journal tells of one event against the brief's ten steps, for each of its recipients. */
export function tenSteps(entries: readonly JournalEntry[], event: EventId): Map<UserId, TenStep[]> {
  const steps = entries.filter((entry): entry is JournalEntry & Step => isStepOf(entry, event));
  const start = steps[0]?.at ?? 0;
  return new Map(recipientsOf(steps).map((to) => [to, stepsTowards(to, steps, start)]));
}

const isStepOf = (entry: JournalEntry, event: EventId): boolean =>
  entry.type === 'step' && entry.event === event;

function recipientsOf(steps: readonly Step[]): UserId[] {
  const found = new Set<UserId>();
  for (const step of steps) {
    if ('recipients' in step) for (const to of step.recipients) found.add(to);
    if ('to' in step) found.add(step.to);
  }
  return [...found];
}

function stepsTowards(to: UserId, steps: readonly Step[], start: number): TenStep[] {
  const mine = steps.filter((step) => !('to' in step) || step.to === to);
  const shown = new Map<number, Step>();
  for (const step of mine) {
    const n = completed(step);
    // The first time counts: what is sent again is not done again.
    if (n !== undefined && !shown.has(n)) shown.set(n, step);
  }
  // Nobody records a click; that the page has called its backend shows that there was one.
  const call = shown.get(2);
  if (call) shown.set(1, call);
  const ended = endOf(mine);
  const carrier = carrierOf(steps);
  return texts.map((usual, index) => {
    const n = index + 1;
    const text = (carrier === 'relay' ? undefined : withoutRelay[carrier][n]) ?? usual;
    const step = shown.get(n);
    if (step)
      return {
        n,
        text: `${text}${byTheWay(step)}`,
        process: step.process,
        at: step.at,
        msSinceStart: step.at - start,
      };
    const none = { n, text, process: undefined, at: undefined, msSinceStart: undefined };
    return { ...none, missing: ended && n >= ended.from ? ended.why : 'no record' };
  });
}

/** The number of the brief's step that is done with this record. */
function completed(step: Step): number | undefined {
  const n = numberOf[step.step];
  if (step.step === 'accepted') return undefined;
  // Only a share names something to be fetched; everything else is stored where it is committed.
  const isShare = step.kind === 'position_shared';
  if (step.step === 'received' && isShare) return undefined;
  if (step.step === 'committed') return !isShare && step.outcome === 'applied' ? 8 : undefined;
  if (step.step === 'fetched') return isOk(step.status) ? 7 : undefined;
  return n;
}

/** What a step's usual text does not say. */
const byTheWay = (step: Step): string =>
  step.step === 'fetched' && step.via === 'relay'
    ? ', through the relay: its owner could not be dialled'
    : '';

const isOk = (status: number | undefined): boolean => status !== undefined && status >= 200 && status < 300;

/** Why the steps from a number on did not happen, by the last record that says so. */
function endOf(steps: readonly Step[]): { readonly from: number; readonly why: string } | undefined {
  let end: { from: number; why: string } | undefined;
  for (const step of steps) {
    const found = endedBy(step);
    if (found === 'reached') end = undefined;
    else if (found) end = found;
  }
  return end;
}

function endedBy(step: Step): { from: number; why: string } | 'reached' | undefined {
  switch (step.step) {
    case 'rejected':
      return { from: 5, why: `the relay rejected it: ${codeWords(step.code)}` };
    case 'looked_up':
      return step.verdict === 'deliver'
        ? 'reached'
        : { from: 6, why: `${finder[step.by ?? 'relay']} found: ${routingWords[step.verdict].long}` };
    case 'committed':
      if (step.outcome === 'applied') return 'reached';
      return {
        from: 7,
        why: `the recipient ${step.outcome} it${step.code ? `: ${codeWords(step.code)}` : ''}`,
      };
    case 'fetched':
      if (isOk(step.status)) return 'reached';
      return {
        from: 7,
        why: `the fetch ended with ${step.status ?? (step.code ? codeWords(step.code) : 'no answer')}`,
      };
    default:
      return undefined;
  }
}
