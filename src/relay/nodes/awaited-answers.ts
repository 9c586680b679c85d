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
}

export interface AwaitedAnswersOptions {
  readonly receipts: ReceiptsOutbox;
  readonly unavailableMs: number;
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
  /** In the order of their accept, hence of their times. */
  readonly #schedule: Asked[] = [];
  readonly #patience: Asked[] = [];
  #scheduleTimer: NodeJS.Timeout | undefined;
  #patienceTimer: NodeJS.Timeout | undefined;
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
    const asked = { q: this.#last, sender, id, to, acceptedAt, known, not: false, said: false };
    this.#asked.set(asked.q, asked);
    this.#schedule.push(asked);
    this.#arm();
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
    if (asked) asked.not = true;
  }

  #onSchedule(): void {
    for (const asked of takeDue(this.#schedule, this.#options.unavailableMs)) {
      if (!this.#asked.has(asked.q)) continue;
      if (asked.not || !asked.known) this.#sayUnavailable(asked);
      if (asked.not) this.#asked.delete(asked.q);
      else this.#patience.push(asked);
    }
    this.#scheduleTimer = undefined;
    this.#arm();
  }

  #outOfPatience(): void {
    for (const asked of takeDue(this.#patience, this.#options.replyMs)) {
      if (this.#asked.delete(asked.q) && !asked.said) this.#sayUnavailable(asked);
    }
    this.#patienceTimer = undefined;
    this.#arm();
  }

  #sayUnavailable(asked: Asked): void {
    asked.said = true;
    this.#options.receipts.add(asked.sender, { id: asked.id, to: asked.to, stage: 'unavailable' });
  }

  #arm(): void {
    const { unavailableMs, replyMs } = this.#options;
    const [next] = this.#schedule;
    if (next) this.#scheduleTimer ??= setTimeout(() => this.#onSchedule(), waitFor(next, unavailableMs));
    const [last] = this.#patience;
    if (last) this.#patienceTimer ??= setTimeout(() => this.#outOfPatience(), waitFor(last, replyMs));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#scheduleTimer);
    clearTimeout(this.#patienceTimer);
    this.#asked.clear();
    this.#schedule.length = 0;
    this.#patience.length = 0;
  }
}

const waitFor = ({ acceptedAt }: Asked, ms: number): number =>
  Math.max(1, acceptedAt + ms - performance.now());

/** Takes from the front all that were accepted so long ago. Timers may fire a fraction of a millisecond early. */
function takeDue(queue: Asked[], ms: number): Asked[] {
  const before = performance.now() + 1 - ms;
  const waits = queue.findIndex(({ acceptedAt }) => acceptedAt > before);
  return queue.splice(0, waits === -1 ? queue.length : waits);
}
