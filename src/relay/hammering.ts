/** So long what was on its way may come in before who was told to wait is taken not to listen, in ms. */
const onTheWayMs = 250;
/** Who has kept to it for so long, in ms, is believed again. */
const forgottenAfterMs = 10_000;

/**
 * How often in a row one connection hit a shut bucket. Who is told to wait and then does is never counted for more than
 * what it had under way; who goes on instead is counted on until it stops, however often the bucket opens in between.
 */
export class Hammering {
  #hits = 0;
  #shutAt = Number.NEGATIVE_INFINITY;
  #shutUntil = Number.NEGATIVE_INFINITY;
  #goesOn = false;

  /**
   * Something was refused now, to be sent again after so many ms at the earliest. `isFirst`: nothing was, of late.
   * `goesOn`: it was sent in spite of that word.
   */
  hit(
    now: number,
    retryAfterMs: number,
  ): { readonly hits: number; readonly isFirst: boolean; readonly goesOn: boolean } {
    const isFirst = now >= this.#shutUntil;
    if (isFirst) {
      if (!this.#goesOn || now - this.#shutUntil >= forgottenAfterMs) this.#hits = 0;
      this.#goesOn = false;
      this.#shutAt = now;
      this.#shutUntil = now + retryAfterMs;
    } else if (now - this.#shutAt > Math.min(onTheWayMs, (this.#shutUntil - this.#shutAt) / 2)) {
      this.#goesOn = true;
    }
    this.#hits += 1;
    return { hits: this.#hits, isFirst, goesOn: this.#goesOn };
  }
}
