import { type TenStep, tenSteps } from '../journal/ten-steps.ts';
import { Problem } from '../problem.ts';
import type { EventId } from '../protocol/ids.ts';
import type { JournalEntry, RoutingVerdict, StepRecord } from '../protocol/records.ts';

/** The life of one event as its run's journal tells it. */
export interface Explanation {
  readonly event: EventId;
  readonly kind: StepRecord['kind'];
  readonly from: string;
  readonly position: string | undefined;
  readonly recipients: readonly ExplainedRecipient[];
}

export interface ExplainedRecipient {
  readonly to: string;
  /** What the relay decided about it last; undefined where that was not seen. */
  readonly verdict: RoutingVerdict | undefined;
  /** What became of it, in a few words. */
  readonly outcome: string;
  readonly steps: readonly TenStep[];
}

/**
 * Explains one event from a run's journal: what the relay decided about each candidate, what became of it, and which of
 * the brief's ten steps were seen, when. `name` is an id or its beginning, or `last`.
 */
export function explainEvent(entries: readonly JournalEntry[], name: string): Explanation {
  const all = entries.filter((entry): entry is JournalEntry & StepRecord => entry.type === 'step');
  const event = eventNamed(all, name);
  const steps = all.filter((step) => step.event === event);
  const [first] = steps;
  if (!first) throw noSuchEvent(name);
  return {
    event,
    kind: first.kind,
    from: first.from,
    position: steps.find(({ position }) => position !== undefined)?.position,
    recipients: [...tenSteps(entries, event)].map(([to, ten]) => {
      const own = steps.filter((step) => 'to' in step && step.to === to);
      const verdict = own.findLast((step) => step.step === 'looked_up')?.verdict;
      return { to, verdict, outcome: outcomeOf(steps, own, verdict), steps: ten };
    }),
  };
}

/** Every event of a journal, in the order in which they began. */
export function listEvents(entries: readonly JournalEntry[]): readonly Explanation[] {
  const ids = new Set(entries.flatMap((entry) => (entry.type === 'step' ? [entry.event] : [])));
  return [...ids].map((id) => explainEvent(entries, id));
}

function eventNamed(steps: readonly StepRecord[], name: string): EventId {
  if (name === 'last') {
    const last = steps.findLast(({ step }) => step === 'saved') ?? steps.at(-1);
    if (!last) throw noEvents();
    return last.event;
  }
  const ids = [...new Set(steps.map(({ event }) => event))].filter((event) => event.startsWith(name));
  const [only, ...others] = ids;
  if (only === undefined) throw noSuchEvent(name);
  if (others.length === 0) return only;
  const same = ids.find((one) => one === name);
  if (same === undefined) throw ambiguous(name, ids);
  return same;
}

const verdicts: Readonly<Record<RoutingVerdict, string>> = {
  deliver: 'a friend, and here',
  unknown: 'nobody has connected under this name',
  offline: 'a friend, but not connected',
  not_friends: 'not friends: both sides have to say so',
  leaving: 'no friend any more: only revokes pass',
  slow: 'does not read fast enough',
  limited: 'a limit was hit',
};

/** The strongest thing that is known. What is missing proves nothing, so it is said as "not seen". */
function outcomeOf(
  all: readonly StepRecord[],
  own: readonly StepRecord[],
  verdict: RoutingVerdict | undefined,
): string {
  const rejected = all.find((step) => step.step === 'rejected');
  if (rejected) return `rejected by the relay (${rejected.code})`;
  const committed = own.findLast((step) => step.step === 'committed');
  if (committed && committed.outcome !== 'applied') {
    return `${committed.outcome} by its backend${committed.code ? ` (${committed.code})` : ''}`;
  }
  if (own.some(({ step }) => step === 'stored')) return 'delivered and stored';
  if (committed) return 'delivered';
  if (verdict !== undefined && verdict !== 'deliver') return `not delivered (${verdicts[verdict]})`;
  if (own.some(({ step }) => step === 'received')) return 'received; a commit was not seen';
  if (own.some(({ step }) => step === 'routed')) return 'handed over; nothing was seen after that';
  return 'under way: the relay was not seen to decide';
}

const noEvents = () =>
  new Problem({ code: 'no-such-event', message: 'There is no event in the journal of this run.', exit: 2 });

const noSuchEvent = (name: string) =>
  new Problem({
    code: 'no-such-event',
    message: `There is no event "${name}" in the journal of this run.`,
    hint: 'Without a name, all are listed; --run names another run.',
    exit: 2,
  });

const ambiguous = (name: string, ids: readonly string[]) =>
  new Problem({
    code: 'no-such-event',
    message: `Several events begin with "${name}": ${ids.slice(0, 5).join(', ')}.`,
    exit: 2,
  });
