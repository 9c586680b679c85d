/** What an envelope says of itself: which life of which node sent it, when by the clock of the bus, and as its how manyth. */
export interface Stamp {
  readonly n: string;
  readonly t: number;
  readonly s: number;
}

/** Said now and for the first time; longer ago than anything that is on its way; or heard here already. */
export type Freshness = 'new' | 'old' | 'again';

/** A text that is older than this was not said now: somebody says it again. */
const oldestMs = 60_000;
/** So much earlier than it is listened to a text may seem to be said, by clocks that differ and nodes that are busy. */
const slackMs = 2000;

interface Heard {
  /** Nobody here can have heard what was said before, so that it can't be told from what is said again. */
  since: number;
  /** The last text of each node. */
  readonly last: Map<string, Stamp>;
}

/**
 * Tells texts of the bus from repetitions of them: who may read and write there cannot seal anything, but could say again
 * what a node has sealed, such as the hello of somebody who has left. Texts of one node on one channel come in their
 * order, so one number for each pair is enough. What is kept ends with the listening, or when it is too old to pass.
 */
export class FreshTexts {
  readonly #channels = new Map<string, Heard>();

  /** The channel is being listened to from now on, by the clock of the bus. */
  begin(channel: string, now: number): void {
    const since = now - slackMs;
    const heard = this.#channels.get(channel);
    if (heard) heard.since = since;
    else this.#channels.set(channel, { since, last: new Map() });
  }

  end(channel: string): void {
    this.#channels.delete(channel);
  }

  /** Remembers a text that is new. Undefined: nobody listens to this channel any more. */
  hear(channel: string, stamp: Stamp, now: number): Freshness | undefined {
    const heard = this.#channels.get(channel);
    if (!heard) return undefined;
    if (Math.abs(now - stamp.t) > oldestMs || stamp.t < heard.since) return 'old';
    const last = heard.last.get(stamp.n);
    if (last && stamp.s <= last.s) return 'again';
    if (!last) forgetOld(heard, now);
    heard.last.set(stamp.n, stamp);
    return 'new';
  }

  /** How many pairs of a channel and a node are remembered. */
  get size(): number {
    let size = 0;
    for (const { last } of this.#channels.values()) size += last.size;
    return size;
  }
}

/** Nodes that have said nothing for so long that none of their texts would pass: most of them are no more. */
function forgetOld({ last }: Heard, now: number): void {
  for (const [node, { t }] of last) {
    if (now - t > oldestMs) last.delete(node);
  }
}
