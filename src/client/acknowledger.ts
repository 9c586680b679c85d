import type { Epoch, EventId, UserId } from '../protocol/ids.ts';
import type { Acknowledgement, AckResult } from '../protocol/receipts.ts';

export interface AcknowledgerOptions {
  readonly delayMs: number;
  /** Hands one acknowledgement to the relay; false while there is no connection, and it is kept. */
  readonly send: (acknowledgement: Acknowledgement) => boolean;
}

/** Where an event stands in its sender's stream, where the sender counts. */
export interface Place {
  readonly epoch?: Epoch | undefined;
  /** Everything up to here is committed. */
  readonly upto?: number | undefined;
  readonly seq?: number | undefined;
  readonly base?: number | undefined;
}

/** An acknowledgement that is being collected; one for each sender and epoch. */
interface Pending {
  readonly from: UserId;
  readonly epoch: Epoch | undefined;
  upto: number | undefined;
  readonly results: Map<EventId, { readonly result: AckResult; readonly onLeft: () => void }>;
}

/** What one sender was told other than "delivered" and may not have heard, by number. */
interface Standing {
  readonly epoch: Epoch;
  readonly results: Map<number, AckResult>;
}

const eventsAtOnce = 16;
/** As many as an acknowledgement may name. */
const resultsAtOnce = 256;

/**
 * Collects acknowledgements and lets them go after a short delay or 16 events, each naming every event since the last.
 * A refusal is repeated until the sender's `base` shows that it was heard: otherwise a lost acknowledgement, followed
 * by a cumulative one, would tell the sender "delivered".
 */
export class Acknowledger {
  readonly #options: AcknowledgerOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #standing = new Map<UserId, Standing>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AcknowledgerOptions) {
    this.#options = options;
  }

  /** Results that have not left. */
  get size(): number {
    let size = 0;
    for (const { results } of this.#pending.values()) size += results.size;
    return size;
  }

  /** `onLeft` is called when the result is on its way. */
  add(from: UserId, place: Place, result: AckResult, onLeft: () => void = () => {}): void {
    const key = `${from} ${place.epoch ?? ''}`;
    const found = this.#pending.get(key);
    const pending = found ?? { from, epoch: place.epoch, upto: undefined, results: new Map() };
    if (!found) this.#pending.set(key, pending);
    pending.upto = place.upto ?? pending.upto;
    this.#stand(from, place, result);
    // One question about a gap is enough, however many events fell into it.
    const { want } = result;
    const asked =
      want !== undefined && [...pending.results.values()].some((other) => other.result.want === want);
    if (!asked) pending.results.set(result.id, { result, onLeft });
    if (pending.results.size >= eventsAtOnce) this.#leave(key, pending);
    else this.#timer ??= setTimeout(() => this.flush(), this.#options.delayMs);
  }

  /** Lets everything go that is pending, if there is a connection. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [key, pending] of this.#pending) this.#leave(key, pending);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #stand(from: UserId, { epoch, seq, base }: Place, result: AckResult): void {
    if (epoch === undefined || seq === undefined) return;
    const before = this.#standing.get(from);
    if (result.status === 'nacked') return;
    const isRefusal = result.status !== 'delivered';
    if (!isRefusal && before === undefined) return;
    const standing = before?.epoch === epoch ? before : { epoch, results: new Map<number, AckResult>() };
    for (const old of standing.results.keys())
      if (base !== undefined && old < base) standing.results.delete(old);
    if (isRefusal) standing.results.set(seq, result);
    if (standing.results.size > 0) this.#standing.set(from, standing);
    else this.#standing.delete(from);
  }

  #leave(key: string, { from, epoch, upto, results }: Pending): void {
    const standing = this.#standing.get(from);
    const repeated = standing && standing.epoch === epoch ? [...standing.results.values()] : [];
    const named = [...results.values()];
    const all = [...repeated.filter(({ id }) => !results.has(id)), ...named.map(({ result }) => result)];
    const parts = Array.from({ length: Math.max(1, Math.ceil(all.length / resultsAtOnce)) }, (_, n) =>
      all.slice(n * resultsAtOnce, (n + 1) * resultsAtOnce),
    );
    // What is cumulative comes last: a refusal must not be behind it.
    const left = parts.every((part, n) =>
      this.#options.send({
        from,
        ...(epoch !== undefined && { epoch }),
        ...(upto !== undefined && n === parts.length - 1 && { upto }),
        results: part,
      }),
    );
    if (!left) return;
    this.#pending.delete(key);
    for (const { onLeft } of named) onLeft();
  }
}
