import type { EventId, UserId } from '../protocol/ids.ts';
import type { Receipt } from '../protocol/receipts.ts';
import type { Member } from './member.ts';

/** Keeps a batch well below any client's frame limit. */
const mostInFrame = 500;

interface Late {
  readonly due: number;
  readonly sender: Member;
  readonly receipt: string;
}

/**
 * Receipts on their way to senders: those of one event-loop turn leave together. `unavailable` waits the same time
 * whatever its reason, so that neither form nor time tells a stranger from an absent friend.
 */
export class ReceiptsOutbox implements Disposable {
  readonly #lateMs: number;
  readonly #senders = new Set<Member>();
  readonly #late: Late[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flush: NodeJS.Immediate | undefined;
  #waiting = 0;

  constructor(lateMs: number) {
    this.#lateMs = lateMs;
  }

  /** Receipts that are not sent yet. */
  get pending(): number {
    return this.#waiting + this.#late.length;
  }

  /** Written to the recipient's socket. `final`: the recipient acknowledges nothing, so nothing more will be said. */
  routed(sender: Member, id: EventId, to: UserId, final: boolean): void {
    const end = final ? ',"final":true}' : '}';
    this.#add(sender, `{"id":"${id}","to":"${to}","stage":"routed"${end}`);
  }

  unavailable(sender: Member, id: EventId, to: UserId, now: number): void {
    const receipt = `{"id":"${id}","to":"${to}","stage":"unavailable"}`;
    this.#late.push({ due: now + this.#lateMs, sender, receipt });
    this.#timer ??= setTimeout(() => this.#sendLate(), this.#lateMs);
  }

  add(sender: Member, receipt: Receipt): void {
    this.#add(sender, JSON.stringify(receipt));
  }

  #add(sender: Member, receipt: string): void {
    sender.receipts.push(receipt);
    this.#senders.add(sender);
    this.#waiting += 1;
    this.#flush ??= setImmediate(() => this.#sendBatches());
  }

  #sendBatches(): void {
    this.#flush = undefined;
    this.#waiting = 0;
    for (const sender of this.#senders) {
      const { receipts } = sender;
      sender.receipts = [];
      for (let from = 0; from < receipts.length; from += mostInFrame) {
        sender.send('collab_receipt', `[${receipts.slice(from, from + mostInFrame).join(',')}]`);
      }
    }
    this.#senders.clear();
  }

  #sendLate(): void {
    // Timers may fire a fraction of a millisecond early.
    const now = performance.now() + 1;
    const waits = this.#late.findIndex(({ due }) => due > now);
    const due = this.#late.splice(0, waits === -1 ? this.#late.length : waits);
    for (const { sender, receipt } of due) this.#add(sender, receipt);
    const next = this.#late[0];
    this.#timer = next && setTimeout(() => this.#sendLate(), Math.max(1, next.due - now));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#flush);
    this.#late.length = 0;
    this.#senders.clear();
    this.#waiting = 0;
  }
}
