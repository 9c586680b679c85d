import type { Feed, FeedEvent } from './feed.ts';
import { type Filter, matches } from './filter.ts';

/** The events that may be seen, in order, by their numbers. */
export interface Shown {
  readonly count: number;
  /** The number of the event at a place, from 0. */
  seqAt(index: number): number | undefined;
  /** The place of an event, or of the first one after it; `count` where there is none. */
  indexOf(seq: number): number;
}

export function everything(feed: Feed): Shown {
  const { first, last } = feed;
  const count = last === 0 ? 0 : last - first + 1;
  return {
    count,
    seqAt: (index) => (index < 0 || index >= count ? undefined : first + index),
    indexOf: (seq) => Math.min(Math.max(seq - first, 0), count),
  };
}

/** What is shown up to a number and no further. */
export function upTo(shown: Shown, seq: number | undefined): Shown {
  if (seq === undefined) return shown;
  const count = shown.indexOf(seq + 1);
  return {
    count,
    seqAt: (index) => (index < count ? shown.seqAt(index) : undefined),
    indexOf: (one) => Math.min(shown.indexOf(one), count),
  };
}

/** The numbers of the events that meet a filter, kept up to date from those that have changed. */
export class Matches implements Shown {
  readonly filter: Filter;
  #seqs: number[] = [];

  constructor(filter: Filter, feed: Feed) {
    this.filter = filter;
    for (let seq = feed.first; seq <= feed.last; seq++) {
      const event = feed.at(seq);
      if (event && matches(filter, event)) this.#seqs.push(seq);
    }
  }

  get count(): number {
    return this.#seqs.length;
  }

  seqAt(index: number): number | undefined {
    return this.#seqs[index];
  }

  indexOf(seq: number): number {
    let low = 0;
    let high = this.#seqs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#seqs[middle] ?? Infinity) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  update(changed: Iterable<FeedEvent>, first: number): void {
    const gone = this.indexOf(first);
    if (gone > 0) this.#seqs.splice(0, gone);
    for (const event of changed) {
      const index = this.indexOf(event.seq);
      const isIn = this.#seqs[index] === event.seq;
      const belongs = matches(this.filter, event);
      if (belongs && !isIn) this.#seqs.splice(index, 0, event.seq);
      else if (!belongs && isIn) this.#seqs.splice(index, 1);
    }
  }
}
