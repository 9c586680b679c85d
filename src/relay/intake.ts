import type { WebSocket } from 'ws';

/** For so long in one turn of the event loop, in ms, frames are dealt with as they come. */
const turnMs = 2;
/** And for so long those of connections that had to be held: the shorter, the sooner it is everybody else's turn again. */
const suspectsMs = 0.5;
/** Between two reads from such connections, all together: 64 KiB in 20 ms are more than all of their limits let in. */
const suspectsPauseMs = 20;
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
  #isSuspect = false;

  constructor(turns: FairTurns, source: Source | undefined) {
    this.#turns = turns;
    this.#source = source;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** It had to be held once: others come first from then on. */
  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  /** Whether the next frame may be dealt with now; if not, it is for `later`. */
  mayNow(): boolean {
    if (this.isWaiting || !this.#turns.hasTime()) return false;
    // What was read with it is dealt with, too: what waits instead costs memory.
    if (this.isSuspect) this.#awaitTurn();
    return true;
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
    this.#isSuspect = true;
    this.#source.pause();
    this.#held = setTimeout(() => {
      this.#held = undefined;
      this.#goOn();
    }, ms).unref();
  }

  /** Reads again, unless something has come in between. */
  read(): void {
    if (!this.#held && !this.isWaiting) this.#source?.resume();
  }

  #goOn(): void {
    if (this.#held || this.isWaiting) return;
    if (this.isSuspect) this.#awaitTurn();
    else this.read();
  }

  #awaitTurn(): void {
    this.#source?.pause();
    if (!this.#held) this.#turns.readLater(this);
  }
}

/**
 * Shares the turns of the event loop between the intakes of one relay. Those that were never held come first. The
 * others are read one at a time, with a pause between two of them: a socket has up to 64 KiB for each read, and however
 * little is done with them, they cost time and memory.
 */
export class FairTurns {
  /** Each in the order in which it is served. */
  readonly #waiting = new Set<Intake>();
  readonly #suspects = new Set<Intake>();
  readonly #unread = new Set<Intake>();
  #reader: NodeJS.Timeout | undefined;
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
    (intake.isSuspect ? this.#suspects : this.#waiting).add(intake);
    if (!this.#isCounted) this.#begin(performance.now());
  }

  /** Its source is read again when it is its turn. */
  readLater(intake: Intake): void {
    this.#unread.add(intake);
    this.#readSoon();
  }

  #readSoon(): void {
    this.#reader ??= setTimeout(() => this.#readOne(), suspectsPauseMs).unref();
  }

  #readOne(): void {
    this.#reader = undefined;
    const [first] = this.#unread;
    if (!first) return;
    this.#unread.delete(first);
    first.read();
    if (this.#unread.size > 0) this.#readSoon();
  }

  #begin(now: number): void {
    this.#isCounted = true;
    this.#endsAt = now + turnMs;
    setImmediate(() => this.#end());
  }

  /** One frame of each that waits, again and again, until the time is over or nobody waits. */
  #end(): void {
    this.#isCounted = false;
    if (this.#waiting.size + this.#suspects.size === 0) return;
    this.#begin(performance.now());
    this.#serve(this.#waiting, this.#endsAt);
    this.#serve(this.#suspects, Math.min(this.#endsAt, performance.now() + suspectsMs));
  }

  #serve(row: Set<Intake>, until: number): void {
    for (const intake of row) {
      if (performance.now() >= until) return;
      // To the end of the row, where this loop meets it again.
      row.delete(intake);
      intake.next();
      if (intake.isWaiting) this.await(intake);
    }
  }
}
