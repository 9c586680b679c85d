import { messageOf } from '../../problem.ts';
import type { Bus, OpenBus } from './bus.ts';

export interface BusLineOptions {
  readonly open: OpenBus;
  /** What is listened to as long as the line is up. */
  readonly ownChannel: string;
  readonly onText: (channel: string, text: string) => void;
  /** The own channel is listened to, and the time is known. */
  readonly onUp: () => void;
  /** Once for each loss, also where nobody was reached to begin with. */
  readonly onDown: (why: string) => void;
}

const beatMs = 2000;

/** A node's connection to the bus: whether it stands and is answered, and what time it is over there. */
export class BusLine implements AsyncDisposable {
  readonly bus: Bus;
  readonly #options: BusLineOptions;
  #isUp = false;
  #saidDown = false;
  /** Counts the lives of the connection, so that what belongs to a lost one ends with it. */
  #life = 0;
  /** The clock of the bus minus performance.now(). */
  #offset: number | undefined;
  #beat: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BusLineOptions) {
    this.#options = options;
    this.bus = options.open({
      onText: options.onText,
      onUp: () => void this.#begin(),
      onDown: (why) => this.#down(why),
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** By the clock of the bus, in ms; as good as the last look at it. */
  now(): number {
    return (this.#offset ?? performance.timeOrigin) + performance.now();
  }

  /** Asks the bus for its time. Rejects where it is down. */
  async setClock(): Promise<void> {
    const before = performance.now();
    const time = await this.bus.time();
    this.#offset = time - (before + performance.now()) / 2;
  }

  async #begin(): Promise<void> {
    clearTimeout(this.#beat);
    this.#life += 1;
    const life = this.#life;
    try {
      await this.setClock();
      await this.bus.listen([this.#options.ownChannel]);
    } catch (error) {
      // A bus that fails again says so itself; what else it refuses (rights, a version) is told, and tried again.
      if (life === this.#life && !this.#closed) {
        this.#sayDown(messageOf(error));
        this.#beat = setTimeout(() => void this.#begin(), beatMs);
      }
      return;
    }
    if (life !== this.#life || this.#closed) return;
    this.#isUp = true;
    this.#saidDown = false;
    this.#beat = setTimeout(() => void this.#look(life), beatMs);
    this.#options.onUp();
  }

  /** A bus that does not answer is as good as none, also while its connection stands. */
  async #look(life: number): Promise<void> {
    try {
      await this.setClock();
    } catch (error) {
      if (life === this.#life) this.#down(messageOf(error));
      if (!this.#closed && life + 1 === this.#life) this.#beat = setTimeout(() => void this.#begin(), beatMs);
      return;
    }
    if (life === this.#life) this.#beat = setTimeout(() => void this.#look(life), beatMs);
  }

  #down(why: string): void {
    this.#life += 1;
    clearTimeout(this.#beat);
    this.#isUp = false;
    this.#sayDown(why);
  }

  #sayDown(why: string): void {
    if (this.#closed || this.#saidDown) return;
    this.#saidDown = true;
    this.#options.onDown(why);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#life += 1;
    clearTimeout(this.#beat);
    await this.bus[Symbol.asyncDispose]();
    this.#isUp = false;
  }
}
