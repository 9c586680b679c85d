import type { Gathering } from '../turn.ts';

/** Called with how many nodes listened, when the bus has taken a frame; undefined where it can't tell. */
export type Taken = (listeners: number | undefined) => void;

/** The frames of one turn for one channel. */
export class Parcel implements Gathering {
  readonly frames: string[] = [];
  size = 0;
  readonly #taken: Taken[] = [];
  readonly #publish: (parcel: Parcel) => void;
  #gone = false;

  constructor(publish: (parcel: Parcel) => void) {
    this.#publish = publish;
  }

  add(frame: string, taken: Taken | undefined): void {
    this.frames.push(frame);
    this.size += frame.length;
    if (taken) this.#taken.push(taken);
  }

  flush(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#publish(this);
  }

  settle(listeners: number | undefined): void {
    for (const taken of this.#taken) taken(listeners);
  }
}
