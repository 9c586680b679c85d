import type { EventId, UserId } from '../protocol/ids.ts';
import type { Receipt } from '../protocol/receipts.ts';
import type { Member } from './member.ts';
import type { RelayMeter } from './meter.ts';

/** Keeps a batch well below any client's frame limit. */
const mostInFrame = 500;

interface Late {
  readonly due: number;
  readonly sender: Member;
  readonly receipt: string;
  /** Asked when it is due: whether it is to be said after all. */
  readonly stands: (() => boolean) | undefined;
}

export interface ReceiptsOutboxOptions {
  readonly routedMs: number;
  readonly unavailableMs: number;
  readonly meter: RelayMeter;
}

/**
 * Receipts on their way to senders, a batch a frame. A recipient's word leaves at the end of the turn and takes along
 * what waits for the same sender; `routed` waits a little for such company. `unavailable` waits the same time whatever
 * its reason, so that neither form nor time tells a stranger from an absent friend.
 */
export class ReceiptsOutbox implements Disposable {
  readonly #routedMs: number;
  readonly #unavailableMs: number;
  readonly #meter: RelayMeter;
  readonly #prompt = new Set<Member>();
  readonly #patient = new Set<Member>();
  readonly #late: Late[] = [];
  #promptFlush: NodeJS.Immediate | undefined;
  #patientFlush: NodeJS.Timeout | undefined;
  #lateTimer: NodeJS.Timeout | undefined;
  #waiting = 0;

  constructor({ routedMs, unavailableMs, meter }: ReceiptsOutboxOptions) {
    this.#meter = meter;
    this.#routedMs = routedMs;
    this.#unavailableMs = unavailableMs;
  }

  /** Receipts that are not sent yet. */
  get pending(): number {
    return this.#waiting + this.#late.length;
  }

  /** Written to the recipient's socket. `final`: the recipient acknowledges nothing, so nothing more will be said. */
  routed(sender: Member, id: EventId, to: UserId, final: boolean): void {
    const end = final ? ',"final":true}' : '}';
    sender.receipts.push(`{"id":"${id}","to":"${to}","stage":"routed"${end}`);
    this.#waiting += 1;
    this.#meter.receipts.add('routed');
    this.#patient.add(sender);
    this.#patientFlush ??= setTimeout(() => {
      this.#patientFlush = undefined;
      this.#send(this.#patient);
    }, this.#routedMs);
  }

  /** Sends what waits for this sender, before it is told something that it must not hear first. */
  hurry(sender: Member): void {
    const { receipts } = sender;
    sender.receipts = [];
    this.#waiting -= receipts.length;
    for (let from = 0; from < receipts.length; from += mostInFrame) {
      sender.send('collab_receipt', `[${receipts.slice(from, from + mostInFrame).join(',')}]`);
    }
  }

  /** `stands` decides when it is due; what is not known by then is `unavailable` like all else. */
  unavailable(sender: Member, id: EventId, to: UserId, now: number, stands?: () => boolean): void {
    const receipt = `{"id":"${id}","to":"${to}","stage":"unavailable"}`;
    this.#late.push({ due: now + this.#unavailableMs, sender, receipt, stands });
    this.#lateTimer ??= setTimeout(() => this.#sendLate(), this.#unavailableMs);
  }

  add(sender: Member, receipt: Receipt): void {
    this.#meter.receipts.add(receipt.stage);
    this.#add(sender, JSON.stringify(receipt));
  }

  #add(sender: Member, receipt: string): void {
    sender.receipts.push(receipt);
    this.#waiting += 1;
    this.#prompt.add(sender);
    this.#promptFlush ??= setImmediate(() => {
      this.#promptFlush = undefined;
      this.#send(this.#prompt);
    });
  }

  #send(senders: Set<Member>): void {
    for (const sender of senders) this.hurry(sender);
    senders.clear();
  }

  #sendLate(): void {
    // Timers may fire a fraction of a millisecond early.
    const now = performance.now() + 1;
    const waits = this.#late.findIndex(({ due }) => due > now);
    const due = this.#late.splice(0, waits === -1 ? this.#late.length : waits);
    for (const { sender, receipt, stands } of due) {
      if (!(stands?.() ?? true)) continue;
      this.#meter.receipts.add('unavailable');
      this.#add(sender, receipt);
    }
    const next = this.#late[0];
    this.#lateTimer = next && setTimeout(() => this.#sendLate(), Math.max(1, next.due - now));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#lateTimer);
    clearTimeout(this.#patientFlush);
    clearImmediate(this.#promptFlush);
    this.#late.length = 0;
    this.#prompt.clear();
    this.#patient.clear();
    this.#waiting = 0;
  }
}
