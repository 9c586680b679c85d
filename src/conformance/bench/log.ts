/** Things in the order in which they came, to be waited for. */
export class Log<T> {
  readonly #all: T[] = [];
  readonly #looking = new Set<() => void>();

  get all(): readonly T[] {
    return this.#all;
  }

  add(item: T): void {
    this.#all.push(item);
    for (const look of this.#looking) look();
  }

  /** The first that matches, past or to come; undefined after `ms` without one. */
  next<S extends T>(matches: (item: T) => item is S, ms: number, from?: number): Promise<S | undefined>;
  next(matches: (item: T) => boolean, ms: number, from?: number): Promise<T | undefined>;
  next(matches: (item: T) => boolean, ms: number, from = 0): Promise<T | undefined> {
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const done = (item: T | undefined) => {
      clearTimeout(timer);
      this.#looking.delete(look);
      resolve(item);
    };
    let seen = from;
    const look = () => {
      while (seen < this.#all.length) {
        const item = this.#all[seen++];
        if (item !== undefined && matches(item)) return done(item);
      }
    };
    const timer = setTimeout(() => done(undefined), ms);
    this.#looking.add(look);
    look();
    return promise;
  }
}
