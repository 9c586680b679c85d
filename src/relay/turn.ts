/** Something that gathers work while an event-loop turn goes on. */
export interface Gathering {
  flush(): void;
}

/** Flushes once, at the end of the turn, whatever gathered something in it: under load one write serves many events. */
export class Turn {
  #gathered: Gathering[] = [];

  /** To be called once by each that has something to flush, until it was flushed. */
  atEnd(gathering: Gathering): void {
    if (this.#gathered.length === 0) setImmediate(() => this.#end());
    this.#gathered.push(gathering);
  }

  #end(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    for (const one of gathered) one.flush();
  }
}
