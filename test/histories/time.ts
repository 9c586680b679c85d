import type { Clock } from '../../src/client/turn.ts';

/** Whoever something happens to by itself. */
export interface Process {
  /** Paused or dead: its time has not come. */
  readonly waits: boolean;
  run(work: () => void): void;
}

interface Ringing {
  readonly at: number;
  readonly ring: () => void;
  readonly process: Process;
}

/** Far more than a few seconds of three backends can hold. */
const mostAtOnce = 20_000;

/** All the time there is in a history: it goes on by itself only as far as it is told, and chance comes from a seed. */
export class Time {
  now = 0;
  readonly random: () => number;
  readonly #ringing = new Set<Ringing>();
  #wall = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  /** Answers how to forget it. */
  after(ms: number, ring: () => void, process: Process): () => void {
    const one = { at: this.now + Math.max(0, ms), ring, process };
    this.#ringing.add(one);
    return () => this.#ringing.delete(one);
  }

  /** Time as one process sees it. */
  clock(process: Process): Clock {
    const { random } = this;
    return {
      now: () => this.now,
      random,
      alarm: (ring) => this.#alarm(ring, process),
    };
  }

  /** No two processes start in the same millisecond, also where a history lets no time pass between them. */
  birthday(): number {
    this.#wall = Math.max(this.#wall + 1, this.now);
    return this.#wall;
  }

  /** When the next thing happens by itself; infinity for never. */
  next(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { at, process } of this.#ringing) if (at < next && !process.waits) next = at;
    return next;
  }

  /** Goes on to a moment, letting everything happen that is due until then, the earliest first. */
  goTo(moment: number): void {
    for (let rung = 0; ; rung += 1) {
      const due = this.#earliest();
      if (!due || due.at > moment) break;
      if (rung > mostAtOnce) throw new Error('something rings for ever');
      this.#ringing.delete(due);
      this.now = Math.max(this.now, due.at);
      due.process.run(due.ring);
    }
    this.now = Math.max(this.now, moment);
  }

  #earliest(): Ringing | undefined {
    let first: Ringing | undefined;
    for (const one of this.#ringing) if (!one.process.waits && (!first || one.at < first.at)) first = one;
    return first;
  }

  /** Like client/turn.ts: moved forward only, and what it wakes looks for itself whether its time has come. */
  #alarm(ring: () => void, process: Process) {
    let set = Number.POSITIVE_INFINITY;
    let forget = () => {};
    return {
      by: (at: number) => {
        if (at >= set) return;
        forget();
        set = at;
        forget = this.after(
          at - this.now,
          () => {
            set = Number.POSITIVE_INFINITY;
            ring();
          },
          process,
        );
      },
      cancel: () => {
        forget();
        set = Number.POSITIVE_INFINITY;
      },
    };
  }
}
