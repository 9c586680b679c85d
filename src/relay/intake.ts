import type { WebSocket } from 'ws';

/** For so long in one turn of the event loop, in ms, frames are dealt with as they come. */
const turnMs = 2;
/** More than this is never put off: who cannot be paused (long polling) must not fill memory. */
const mostWaiting = 1000;

/** What can be told not to read; absent where nothing can, as with long polling. */
export type Source = Pick<WebSocket, 'pause' | 'resume'>;

/**
 * What comes in on one connection. As long as the turn has time it is dealt with at once; then it waits, its connection
 * is not read, and in the turns that follow each connection that waits is served one frame after the other: whoever
 * sends a thousand waits for them alone.
 */
export class Intake {
  readonly #turns: FairTurns;
  readonly #source: Source | undefined;
  #waiting: (() => void)[] = [];
  #held: NodeJS.Timeout | undefined;

  constructor(turns: FairTurns, source: Source | undefined) {
    this.#turns = turns;
    this.#source = source;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether the next frame may be dealt with now; if not, it is for `later`. */
  mayNow(): boolean {
    return !this.isWaiting && this.#turns.hasTime();
  }

  /** `work` must not throw. */
  later(work: () => void): void {
    if (!this.isWaiting) this.#turns.await(this);
    this.#waiting.push(work);
    this.#source?.pause();
    if (this.#waiting.length > mostWaiting) this.finish();
  }

  /** Deals with the one that has waited longest. */
  next(): void {
    this.#waiting.shift()?.();
    if (!this.isWaiting) this.#goOn();
  }

  /** Deals with everything that waits, because the end of the connection is next. */
  finish(): void {
    while (this.isWaiting) this.next();
  }

  /** Nothing that waits counts any more. */
  drop(): void {
    this.#waiting = [];
    this.#goOn();
  }

  /** Nothing is read for so many ms: who sends meanwhile fills its own buffers, and then waits. */
  hold(ms: number): void {
    if (this.#held || !this.#source) return;
    this.#source.pause();
    this.#held = setTimeout(() => {
      this.#held = undefined;
      this.#goOn();
    }, ms).unref();
  }

  #goOn(): void {
    if (!this.#held && !this.isWaiting) this.#source?.resume();
  }
}

/** Shares the turns of the event loop between the intakes of one relay. */
export class FairTurns {
  /** In the order in which they are served. */
  readonly #waiting = new Set<Intake>();
  #endsAt = 0;
  #isCounted = false;

  /** Whether this turn has time for another frame. */
  hasTime(): boolean {
    const now = performance.now();
    if (this.#isCounted) return now < this.#endsAt;
    this.#begin(now);
    return true;
  }

  await(intake: Intake): void {
    this.#waiting.add(intake);
  }

  #begin(now: number): void {
    this.#isCounted = true;
    this.#endsAt = now + turnMs;
    setImmediate(() => this.#end());
  }

  /** One frame of each that waits, again and again, until the time is over or nobody waits. */
  #end(): void {
    this.#isCounted = false;
    if (this.#waiting.size === 0) return;
    this.#begin(performance.now());
    for (const intake of this.#waiting) {
      // To the end of the row, where this loop meets it again.
      this.#waiting.delete(intake);
      intake.next();
      if (intake.isWaiting) this.#waiting.add(intake);
      if (performance.now() >= this.#endsAt) break;
    }
  }
}
