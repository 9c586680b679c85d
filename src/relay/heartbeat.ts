/** A connection that shows that it lives by answering. */
export interface Pulse {
  /** Set when it is pinged; to be unset whenever anything comes from the other end. */
  awaited: boolean;
  ping(): void;
  /** Nothing came since it was pinged. */
  lost(): void;
}

export interface HeartbeatSettings {
  readonly intervalMs: number;
  /** Less than the interval; rounded to a thirtieth of it. */
  readonly timeoutMs: number;
}

/** Connections are spread over so many moments of an interval, so that twenty thousand pings are no standstill. */
const moments = 30;

/** Pings every connection once in an interval, by one timer for all of them, and finds those that are dead. */
export class Heartbeat implements Disposable {
  readonly #slots: readonly Set<Pulse>[] = Array.from({ length: moments }, () => new Set());
  readonly #patience: number;
  readonly #timer: NodeJS.Timeout;
  #now = 0;
  #joined = 0;

  constructor({ intervalMs, timeoutMs }: HeartbeatSettings) {
    const patience = Math.round((timeoutMs / intervalMs) * moments);
    this.#patience = Math.min(moments - 1, Math.max(1, patience));
    this.#timer = setInterval(() => this.#beat(), intervalMs / moments).unref();
  }

  /** From now on it is pinged, until what this returns is called. */
  join(pulse: Pulse): () => void {
    this.#joined += 1;
    const slot = this.#slot(this.#joined);
    slot.add(pulse);
    return () => slot.delete(pulse);
  }

  #beat(): void {
    this.#now += 1;
    for (const pulse of this.#slot(this.#now - this.#patience)) if (pulse.awaited) pulse.lost();
    for (const pulse of this.#slot(this.#now)) {
      pulse.awaited = true;
      pulse.ping();
    }
  }

  #slot(moment: number): Set<Pulse> {
    const slot = this.#slots.at(moment % moments);
    if (!slot) throw new RangeError('There is a slot for every moment.');
    return slot;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
