import type { EventId, UserId } from '../../protocol/ids.ts';
import type { Member } from '../member.ts';
import type { ReceiptsOutbox } from '../receipts-outbox.ts';

interface Asked {
  readonly q: number;
  readonly sender: Member;
  readonly id: EventId;
  readonly to: UserId;
  readonly acceptedAt: number;
  /** The sender has been told that this friend is online, so a late answer tells a stranger nothing. */
  readonly known: boolean;
  /** Nobody can or will take it. */
  not: boolean;
  /** Whether the sender has been told `unavailable`. */
  said: boolean;
  /** Whether the time has passed at which `unavailable` is said. */
  isOverdue: boolean;
}

export interface AwaitedAnswersOptions {
  readonly receipts: ReceiptsOutbox;
  readonly replyMs: number;
}

/**
 * Events that went to another node, until that node says what became of them. `unavailable` is said on the same schedule
 * as everywhere, whatever was or was not answered until then; only for a friend who is known to be online it is waited
 * longer. A `routed` that comes after that is still passed on.
 */
export class AwaitedAnswers implements Disposable {
  readonly #options: AwaitedAnswersOptions;
  readonly #asked = new Map<number, Asked>();
  /** In the order of their accept, hence of the end of the patience with them. */
  readonly #patience: Asked[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last = 0;

  constructor(options: AwaitedAnswersOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#asked.size;
  }

  /** Names the answer that is waited for. */
  ask(sender: Member, id: EventId, to: UserId, known: boolean, acceptedAt: number): number {
    this.#last += 1;
    const asked = {
      q: this.#last,
      sender,
      id,
      to,
      acceptedAt,
      known,
      not: false,
      said: false,
      isOverdue: false,
    };
    this.#asked.set(asked.q, asked);
    this.#options.receipts.unavailable(sender, id, to, acceptedAt, () => this.#onSchedule(asked));
    return asked.q;
  }

  routed(q: number, final: boolean): void {
    const asked = this.#asked.get(q);
    if (!asked) return;
    this.#asked.delete(q);
    this.#options.receipts.routed(asked.sender, asked.id, asked.to, final);
  }

  limited(q: number, retryAfterMs: number): void {
    const asked = this.#asked.get(q);
    if (!asked) return;
    this.#asked.delete(q);
    const { sender, id, to } = asked;
    this.#options.receipts.add(sender, { id, to, stage: 'limited', retry_after_ms: retryAfterMs });
  }

  not(q: number): void {
    const asked = this.#asked.get(q);
    if (!asked) return;
    asked.not = true;
    // Of a friend who was waited for beyond the schedule there is nothing to hide any more.
    if (asked.isOverdue) this.#giveUp(asked);
  }

  /** Whether `unavailable` is to be said on its schedule. */
  #onSchedule(asked: Asked): boolean {
    if (!this.#asked.has(asked.q)) return false;
    asked.said = asked.not || !asked.known;
    if (asked.not) this.#asked.delete(asked.q);
    else {
      asked.isOverdue = true;
      this.#patience.push(asked);
      this.#arm();
    }
    return asked.said;
  }

  #giveUp(asked: Asked): void {
    if (!this.#asked.delete(asked.q) || asked.said) return;
    this.#options.receipts.add(asked.sender, { id: asked.id, to: asked.to, stage: 'unavailable' });
  }

  #outOfPatience(): void {
    this.#timer = undefined;
    // Timers may fire a fraction of a millisecond early.
    const before = performance.now() + 1 - this.#options.replyMs;
    const waits = this.#patience.findIndex(({ acceptedAt }) => acceptedAt > before);
    const over = this.#patience.splice(0, waits === -1 ? this.#patience.length : waits);
    for (const asked of over) this.#giveUp(asked);
    this.#arm();
  }

  #arm(): void {
    const [first] = this.#patience;
    if (!first) return;
    const wait = Math.max(1, first.acceptedAt + this.#options.replyMs - performance.now());
    this.#timer ??= setTimeout(() => this.#outOfPatience(), wait);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#asked.clear();
    this.#patience.length = 0;
  }
}
