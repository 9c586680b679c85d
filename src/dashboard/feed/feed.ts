import { recentMap } from '../../journal/recent-map.ts';
import type { EventType } from '../../protocol/events.ts';
import type { EventId } from '../../protocol/ids.ts';
import type { JournalEntry, RoutingVerdict, StepRecord } from '../../protocol/records.ts';
import { delivering, type Progress } from '../progress.ts';

/** One recipient of an event. */
export interface Recipient {
  readonly name: string;
  readonly progress: Progress | undefined;
  /** What the relay decided about it last. */
  readonly verdict: RoutingVerdict | undefined;
  /** From the event's first step to where it is now, once it has arrived or has not; in ms. */
  readonly ms: number | undefined;
}

/** One event with everybody it was meant for. */
export interface FeedEvent {
  /** Counts up from 1 by first appearance; stays the event's own for as long as it is kept. */
  readonly seq: number;
  readonly id: EventId;
  readonly kind: EventType;
  readonly from: string;
  readonly position: string | undefined;
  /** When its first step was seen, in ms since 1970. */
  readonly at: number;
  readonly recipients: ReadonlyMap<string, Recipient>;
  /** All that the journal says about it. */
  readonly entries: readonly JournalEntry[];
}

type Kept = { -readonly [K in keyof FeedEvent]: FeedEvent[K] } & {
  readonly recipients: Map<string, Recipient>;
  readonly entries: JournalEntry[];
};

type StepEntry = JournalEntry & StepRecord;

/**
 * The newest events, in a ring: taking a record costs the same however many are kept. It changes in place; whoever
 * draws it reads only the few that are on the screen.
 */
export class Feed {
  readonly size: number;
  delivered = 0;
  undelivered = 0;
  /** The number of the newest event; 0 before the first. */
  last = 0;
  readonly #ring: Kept[] = [];
  readonly #byId = new Map<string, Kept>();
  /** Events that fell out: a late record does not bring them back. */
  readonly #dropped;
  #changed = new Set<FeedEvent>();

  constructor(size = 10_000) {
    this.size = size;
    this.#dropped = recentMap<true>(size);
  }

  /** The number of the oldest event that is kept. */
  get first(): number {
    return Math.max(1, this.last - this.size + 1);
  }

  at(seq: number): FeedEvent | undefined {
    return seq < this.first || seq > this.last ? undefined : this.#ring[seq % this.size];
  }

  /** Those that have changed since this was asked last. */
  takeChanged(): Iterable<FeedEvent> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }

  /** Answers how many recipients have just got it. */
  take(step: StepEntry): number {
    const event = this.#byId.get(step.event) ?? this.#begin(step);
    if (!event) return 0;
    event.entries.push(step);
    event.position ??= step.position;
    this.#changed.add(event);
    let arrived = 0;
    for (const name of concerned(event, step)) {
      if (this.#goOn(event, name, step) === 'delivered') arrived += 1;
    }
    return arrived;
  }

  #begin({ event: id, kind, from, position, at }: StepEntry): Kept | undefined {
    if (this.#dropped.get(id)) return undefined;
    this.last += 1;
    const seq = this.last;
    const event: Kept = { seq, id, kind, from, position, at, recipients: new Map(), entries: [] };
    const oldest = this.#ring[seq % this.size];
    if (oldest) {
      this.#byId.delete(oldest.id);
      this.#changed.delete(oldest);
      this.#dropped.set(oldest.id, true);
    }
    this.#ring[seq % this.size] = event;
    this.#byId.set(id, event);
    return event;
  }

  /** Answers the end that it has newly come to. */
  #goOn(event: Kept, name: string, step: StepEntry): Progress['end'] {
    const before = event.recipients.get(name);
    const progress = delivering(before?.progress, step);
    const verdict = step.step === 'looked_up' ? step.verdict : before?.verdict;
    const wentOn = progress !== before?.progress;
    const ended = progress?.end !== before?.progress?.end;
    if (before && !wentOn && verdict === before.verdict) return undefined;
    if (ended) {
      if (before?.progress?.end) this[before.progress.end] -= 1;
      if (progress?.end) this[progress.end] += 1;
    }
    const ms = wentOn ? progress?.end && Math.max(0, step.at - event.at) : before?.ms;
    event.recipients.set(name, { name, progress, verdict, ms });
    return ended ? progress?.end : undefined;
  }
}

/** Whom a step is about; a rejection that names nobody, all whom its event was meant for. */
function concerned(event: FeedEvent, step: StepRecord): Iterable<string> {
  if ('to' in step) return [step.to];
  if (!('recipients' in step)) return [];
  const isForAll = step.step === 'rejected' && step.recipients.length === 0;
  return isForAll ? event.recipients.keys() : step.recipients;
}

/** Whether somebody is known not to have got it. */
export const isMissed = (event: FeedEvent): boolean =>
  [...event.recipients.values()].some(({ progress }) => progress?.end === 'undelivered');
