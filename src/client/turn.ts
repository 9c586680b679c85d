/**
 * Runs `work` once at the end of the event-loop turn, however often it is asked for: what happens in one turn is
 * written in one transaction and told in one record.
 */
export class Turn {
  readonly #work: () => void;
  #pending: NodeJS.Immediate | undefined;

  constructor(work: () => void) {
    this.#work = work;
  }

  ask(): void {
    this.#pending ??= setImmediate(() => {
      this.#pending = undefined;
      this.#work();
    });
  }

  cancel(): void {
    clearImmediate(this.#pending);
    this.#pending = undefined;
  }
}

/** One timer that is only ever moved forward; what it wakes looks for itself whether its time has come. */
export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at `at` (ms of performance.now(), which no clock change moves) or before. */
  by(at: number): void {
    if (at >= this.#at) return;
    clearTimeout(this.#timer);
    this.#at = at;
    this.#timer = setTimeout(
      () => {
        this.#at = Number.POSITIVE_INFINITY;
        this.#ring();
      },
      Math.min(Math.max(0, at - performance.now()), longestTimerMs),
    );
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#at = Number.POSITIVE_INFINITY;
  }
}

/** Time and chance as the machines at the edge see them; a simulation brings its own. */
export interface Clock {
  /** Milliseconds of one clock that no change of the wall clock moves. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly alarm: (ring: () => void) => Pick<Alarm, 'by' | 'cancel'>;
}

export const realClock: Clock = {
  now: () => performance.now(),
  random: Math.random,
  alarm: (ring) => new Alarm(ring),
};

/** setTimeout takes 31 bits of milliseconds; anything longer would ring at once. */
const longestTimerMs = 2 ** 31 - 1;
