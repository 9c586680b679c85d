export interface LaneQueueOptions {
  readonly write: (bytes: Buffer) => void;
  /** Everything has been written, and no more comes. */
  readonly end: () => void;
  /** There is room again. */
  readonly eased: () => void;
}

interface Added {
  readonly bytes: Buffer;
  /** A message ends with these bytes, so that another may follow. */
  readonly ends: boolean;
  readonly ms: number;
  /** How long it takes to pass, from when what is before it has passed. */
  readonly slowMs?: number;
  /** The faults that hold it. */
  readonly by?: readonly string[];
}

interface Queued extends Added {
  readonly since: number;
}

/**
 * What is on its way through one direction of a hop. Most of it keeps its order, however long each is held; what was put
 * aside is written when its time has come, between two messages.
 */
export class LaneQueue {
  readonly #options: LaneQueueOptions;
  #queue: Queued[] = [];
  readonly #aside = new Map<NodeJS.Timeout, Pick<Added, 'bytes'> & { readonly by: readonly string[] }>();
  /** Its time has come, and a message is being written. */
  #ripe: Buffer[] = [];
  readonly #released = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  /** When what was written last had passed. */
  #free = 0;
  #isInside = false;
  #isEnding = false;
  #isClosed = false;
  #size = 0;

  constructor(options: LaneQueueOptions) {
    this.#options = options;
  }

  /** Bytes that are held. */
  get size(): number {
    return this.#size;
  }

  add(one: Added): void {
    if (this.#isClosed) return;
    if (this.#queue.length === 0 && one.ms === 0 && !one.slowMs) {
      this.#write(one);
      return;
    }
    this.#size += one.bytes.length;
    this.#queue.push({ ...one, since: performance.now() });
    this.#pump();
  }

  /** Later than its turn, so that what comes after it may pass it. */
  aside({
    bytes,
    ms,
    by,
  }: {
    readonly bytes: Buffer;
    readonly ms: number;
    readonly by: readonly string[];
  }): void {
    if (this.#isClosed) return;
    this.#size += bytes.length;
    const timer = setTimeout(() => this.#ripen(timer), ms);
    this.#aside.set(timer, { bytes, by });
  }

  /** What only this fault holds goes out at once. */
  release(fault: string): void {
    this.#released.add(fault);
    for (const [timer, { by }] of [...this.#aside]) if (this.#isFree(by)) this.#ripen(timer);
    this.#pump();
  }

  end(): void {
    this.#isEnding = true;
    this.#endIfEmpty();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const timer of this.#aside.keys()) clearTimeout(timer);
    this.#aside.clear();
    this.#queue = [];
    this.#ripe = [];
    this.#size = 0;
  }

  #isFree(by: readonly string[]): boolean {
    return by.every((fault) => this.#released.has(fault));
  }

  #ripen(timer: NodeJS.Timeout): void {
    const one = this.#aside.get(timer);
    clearTimeout(timer);
    this.#aside.delete(timer);
    if (!one) return;
    this.#ripe.push(one.bytes);
    this.#writeRipe();
    this.#settle();
  }

  /** Writes what is due, in order, and comes back for the rest. */
  #pump(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      const at = this.#dueAt(first);
      if (at > now) {
        this.#timer = setTimeout(() => this.#pump(), at - now);
        return;
      }
      this.#free = at;
      this.#queue.shift();
      this.#size -= first.bytes.length;
      this.#write(first);
    }
    this.#settle();
  }

  #dueAt({ since, ms, slowMs = 0, by = [] }: Queued): number {
    if (by.length > 0 && this.#isFree(by)) return 0;
    return Math.max(since + ms, Math.max(since, this.#free) + slowMs);
  }

  #write({ bytes, ends }: Pick<Added, 'bytes' | 'ends'>): void {
    this.#options.write(bytes);
    this.#isInside = !ends;
    if (ends) this.#writeRipe();
  }

  #writeRipe(): void {
    if (this.#isInside) return;
    for (const bytes of this.#ripe.splice(0)) {
      this.#size -= bytes.length;
      this.#options.write(bytes);
    }
  }

  #settle(): void {
    this.#options.eased();
    this.#endIfEmpty();
  }

  #endIfEmpty(): void {
    if (!this.#isEnding || this.#isClosed || this.#size > 0) return;
    this.#isClosed = true;
    this.#options.end();
  }
}
