import type { CloseWord } from '../protocol/close-codes.ts';
import type { UserId } from '../protocol/ids.ts';

/** How long somebody is kept out who was thrown out again and again, in ms. */
export interface OffenderSettings {
  readonly firstMs: number;
  readonly mostMs: number;
}

interface Record {
  times: number;
  barredUntil: number;
}

/** Who gave no cause for so long, in ms, begins anew. */
const forgottenAfterMs = 60_000;

/**
 * Who was closed for cause, by user and network address: the second time within a minute it is kept out for a while,
 * each further time for twice as long. Only a verified name may stand here, or anybody could have anybody kept out.
 */
export class Offenders {
  readonly #settings: OffenderSettings;
  readonly #records = new Map<string, Record>();

  constructor(settings: OffenderSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#records.size;
  }

  /** It was closed for cause. */
  strike(user: UserId, address: string, now: number): void {
    const key = keyOf(user, address);
    const record = this.#records.get(key) ?? { times: 0, barredUntil: now };
    if (now - record.barredUntil >= forgottenAfterMs) record.times = 0;
    record.times += 1;
    const { firstMs, mostMs } = this.#settings;
    record.barredUntil = now + (record.times < 2 ? 0 : Math.min(mostMs, firstMs * 2 ** (record.times - 2)));
    this.#records.set(key, record);
  }

  /** Whether this name may not come in from there now. The name may be a mere claim. */
  isBarred(user: string, address: string, now: number): boolean {
    const record = this.#records.get(keyOf(user, address));
    return record !== undefined && now < record.barredUntil;
  }

  sweep(now: number): void {
    for (const [key, { barredUntil }] of this.#records) {
      if (now - barredUntil >= forgottenAfterMs) this.#records.delete(key);
    }
  }
}

/** Closed with one of these words, somebody has given cause. */
const offences: ReadonlySet<string> = new Set<CloseWord>(['abuse', 'too_big', 'protocol']);

export const isOffence = (word: string | undefined): boolean => word !== undefined && offences.has(word);

/** No address has a space in it. */
const keyOf = (user: string, address: string): string => `${address} ${user}`;
