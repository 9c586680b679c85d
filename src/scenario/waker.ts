/** Even where nothing says that something happened, a check is repeated this often: a missing record proves nothing. */
const heartbeatMs = 250;

/** Joins everything that may change what an expectation sees, so that checks wait on what happens and not on time. */
export class Waker implements Disposable {
  #happened = 0;
  readonly #waiting = new Set<() => void>();
  readonly #off: () => void;

  /** `subscribe` gets what to call when something happened, and answers its off switch. */
  constructor(subscribe: (wake: () => void) => () => void) {
    this.#off = subscribe(() => this.wake());
  }

  wake(): void {
    this.#happened += 1;
    for (const resume of [...this.#waiting]) resume();
  }

  /**
   * Repeats a check at once and whenever something happened, until it answers something or the time is over; the last
   * check comes after the time. Undefined means that the time was over.
   */
  async until<T>(
    withinMs: number,
    signal: AbortSignal,
    check: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const end = performance.now() + withinMs;
    for (;;) {
      const seen = this.#happened;
      const late = performance.now() >= end;
      const found = await check();
      if (found !== undefined) return found;
      if (late) return undefined;
      signal.throwIfAborted();
      if (seen === this.#happened) {
        await this.#change(Math.min(heartbeatMs, Math.max(0, end - performance.now())), signal);
      }
    }
  }

  /** Resolves when something happens, after a time, or when the signal says so; never rejects. */
  #change(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#waiting.add(resolve);
    const stop = () => resolve();
    signal.addEventListener('abort', stop);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      this.#waiting.delete(resolve);
    });
  }

  [Symbol.dispose](): void {
    this.#off();
  }
}
