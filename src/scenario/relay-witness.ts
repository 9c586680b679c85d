import type { UserId } from '../protocol/ids.ts';
import type { JournalEntry, StepRecord } from '../protocol/records.ts';
import type { Stack } from '../stack/stack.ts';
import { isForeign } from './foreign.ts';
import type { Observed } from './observed.ts';
import type { Stream } from './stream.ts';

type Word = Extract<StepRecord, { step: 'settled' | 'routed' }>;

/**
 * What reached a backend that keeps no record of it for others to read: what its senders were told of it, and where the
 * sender is not ours either, or the recipient acknowledges nothing, what the relay has routed. It knows of an event
 * what the relay needs, and not what it says.
 */
export class RelayWitness implements Stream {
  readonly witness = 'relay';
  readonly claimed = new Set<number>();
  readonly #stack: Stack;
  readonly #user: UserId;
  readonly #observed: Observed[] = [];
  readonly #seen = new Set<string>();
  #next: number;

  constructor(stack: Stack, user: UserId) {
    this.#stack = stack;
    this.#user = user;
    this.#next = stack.journal.last + 1;
  }

  get observed(): readonly Observed[] {
    return this.#observed;
  }

  get last(): number {
    return this.#observed.length;
  }

  async refresh(): Promise<boolean> {
    const { journal } = this.#stack;
    await journal.refresh();
    const isWhole = journal.first <= this.#next;
    for (const entry of journal.since(this.#next)) this.#take(entry);
    this.#next = journal.last + 1;
    return isWhole;
  }

  #take(entry: JournalEntry): void {
    if (entry.type !== 'step' || (entry.step !== 'settled' && entry.step !== 'routed')) return;
    if (entry.to !== this.#user || this.#seen.has(entry.event) || !this.#isLast(entry)) return;
    this.#seen.add(entry.event);
    const { event, kind: type, from, position } = entry;
    const refused = entry.step === 'settled' && entry.stage !== 'delivered' && entry.stage !== 'routed';
    const how = entry.step === 'routed' ? 'routed' : [entry.stage, entry.code].filter(Boolean).join(' ');
    this.#observed.push({
      n: this.#observed.length + 1,
      type,
      position,
      from,
      event,
      body: { id: event, type, from_user: from, ...(position && { data: { position_id: position } }) },
      applied: !refused,
      note: how === 'delivered' ? undefined : how,
    });
  }

  /** Whether nobody will know better. */
  #isLast(word: Word): boolean {
    if (word.step === 'routed') return isForeign(this.#stack, word.from);
    switch (word.stage) {
      case 'delivered':
      case 'refused':
      case 'quarantined':
        return true;
      case 'routed':
        return word.final === true;
      case 'nacked':
      case 'unavailable':
      case 'limited':
        return false;
      default:
        return word.stage satisfies never;
    }
  }
}
