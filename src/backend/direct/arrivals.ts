import type { EventId, UserId } from '../../protocol/ids.ts';
import type { Acknowledgement } from '../../protocol/receipts.ts';

type Word = Omit<Acknowledgement, 'from' | 'ids'>;

/** Events of one request whose acknowledgement is not complete. */
interface Waiting {
  readonly missing: Set<EventId>;
  word: Word;
  /** All of its events have been handed on, so the next acknowledgement speaks of every one that is left. */
  handedOn: boolean;
  readonly done: (word: Word) => void;
}

/** Joins requests that brought events with the acknowledgement of these, which comes by another way. */
export class Arrivals {
  readonly #waiting = new Map<UserId, Set<Waiting>>();

  /** Requests that are not answered yet. */
  get size(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** `handOn` gives the events to whoever acknowledges them; resolves with their word. */
  async take(from: UserId, ids: readonly EventId[], handOn: () => void): Promise<Word> {
    const { promise, resolve } = Promise.withResolvers<Word>();
    const waiting: Waiting = { missing: new Set(ids), word: { results: [] }, handedOn: false, done: resolve };
    const all = this.#waiting.get(from) ?? new Set();
    this.#waiting.set(from, all.add(waiting));
    handOn();
    waiting.handedOn = true;
    if (waiting.missing.size === 0) waiting.done(waiting.word);
    try {
      return await promise;
    } finally {
      all.delete(waiting);
      if (all.size === 0 && this.#waiting.get(from) === all) this.#waiting.delete(from);
    }
  }

  /** What nobody waits for any more is dropped: whoever sent it sends again, and is answered then. */
  acknowledged({ from, ids: _, ...said }: Acknowledgement): void {
    for (const waiting of this.#waiting.get(from) ?? []) {
      waiting.word = { ...said, results: [...waiting.word.results, ...said.results] };
      for (const { id } of said.results) waiting.missing.delete(id);
      if (waiting.handedOn) waiting.done(waiting.word);
    }
  }

  /** Nothing more will be acknowledged. */
  close(): void {
    for (const all of this.#waiting.values()) for (const { done, word } of all) done(word);
  }
}
