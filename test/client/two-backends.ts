import { freshEpoch } from '../../src/client/epochs.ts';
import { decide, type Place, type RecipientStream } from '../../src/client/recipient-stream.ts';
import {
  type Moment,
  newSenderStream,
  type SenderInput,
  type SenderSettings,
  type SenderStream,
} from '../../src/client/sender-state.ts';
import { advance, nextTick, roomFor, type Send, takeSends } from '../../src/client/sender-stream.ts';
import { type EventId, eventId } from '../../src/protocol/ids.ts';
import type { Receipt, SubmitReply } from '../../src/protocol/receipts.ts';
import { bob } from './rig.ts';

const settings: SenderSettings = { window: 8, sweepMs: 1000, replyTimeoutMs: 200 };

type ToAlice =
  | { readonly type: 'reply'; readonly n: number; readonly reply: SubmitReply }
  | { readonly type: 'receipts'; readonly receipts: readonly Receipt[] }
  | { readonly type: 'wake' };

/**
 * Alice's sender and bob's recipient as their machines decide, on a network that a test plays with. What stands in
 * their databases outlives a crash, what the machines know does not. There is no clock but `now`.
 */
export class TwoBackends {
  readonly enqueued: EventId[] = [];
  readonly applied: EventId[] = [];
  readonly purged = new Set<EventId>();
  readonly #settled = new Set<number>();
  readonly #toBob: Send[] = [];
  readonly #toAlice: ToAlice[] = [];
  readonly #random: () => number;
  #now = 0;
  #lives = 1;
  #sender: SenderStream;
  #recipient: RecipientStream | undefined;
  #lastApplied: Place | undefined;
  #aliceOnline = true;
  #bobOnline = true;
  #bobBusy = false;
  #healed = false;

  constructor(random: () => number) {
    this.#random = random;
    this.#sender = newSenderStream(freshEpoch(1, random));
    this.#feed({ type: 'connected' });
  }

  get pending(): number {
    return this.enqueued.length - this.#settled.size;
  }

  enqueue(): void {
    this.enqueued.push(eventId.parse(`e${this.enqueued.length + 1}`));
    this.#feed({ type: 'added' });
  }

  /** Every second row that is pending, whether it was sent or not. */
  purge(): void {
    const rows = new Set<number>();
    for (const [index, id] of this.enqueued.entries()) {
      const n = index + 1;
      if (n % 2 === 0 || this.#settled.has(n)) continue;
      rows.add(n);
      this.#settled.add(n);
      this.purged.add(id);
    }
    this.#feed({ type: 'dropped', rows });
  }

  pass(ms: number): void {
    this.#now += ms;
    if (nextTick(this.#sender) <= this.#now) this.#feed({ type: 'tick' });
  }

  deliverToBob(): void {
    const frame = this.#toBob.shift();
    if (frame && this.#bobOnline) this.#receive(frame);
  }

  deliverToAlice(): void {
    const message = this.#toAlice.shift();
    if (!message || !this.#aliceOnline) return;
    this.#feed(message.type === 'reply' ? { ...message, shared: false } : message);
  }

  loseToBob(): void {
    this.#toBob.shift();
  }

  loseToAlice(): void {
    this.#toAlice.shift();
  }

  /** A copy of the next frame, to be delivered right after it or behind everything that is under way. */
  doubleToBob(late: boolean): void {
    const [frame] = this.#toBob;
    if (frame) this.#toBob.splice(late ? this.#toBob.length : 1, 0, frame);
  }

  doubleToAlice(): void {
    const [message] = this.#toAlice;
    if (message) this.#toAlice.splice(1, 0, message);
  }

  crashAlice(): void {
    this.#toAlice.length = 0;
    this.#lives += 1;
    this.#sender = newSenderStream(freshEpoch(this.#lives, this.#random));
    this.#aliceOnline = true;
    this.#feed({ type: 'connected' });
  }

  cutAlice(): void {
    this.#aliceOnline = false;
    this.#toAlice.length = 0;
    this.#feed({ type: 'disconnected' });
  }

  joinAlice(): void {
    if (this.#aliceOnline) return;
    this.#aliceOnline = true;
    this.#feed({ type: 'connected' });
  }

  cutBob(): void {
    this.#bobOnline = false;
    this.#toBob.length = 0;
  }

  joinBob(): void {
    if (this.#bobOnline) return;
    this.#bobOnline = true;
    this.#tellAlice({ type: 'wake' });
  }

  crashBob(): void {
    this.cutBob();
    this.#recipient = undefined;
    this.joinBob();
  }

  makeBobBusy(): void {
    this.#bobBusy = true;
  }

  /** From here on nothing is lost, and time passes until nothing happens any more. */
  heal(): void {
    this.#healed = true;
    this.joinAlice();
    this.joinBob();
    for (let round = 0; round < 500 && this.pending > 0; round += 1) {
      while (this.#toBob.length + this.#toAlice.length > 0) {
        this.deliverToBob();
        this.deliverToAlice();
      }
      this.#now += 100;
      this.#feed({ type: 'tick' });
    }
  }

  #feed(input: SenderInput): void {
    const at: Moment = { now: this.#now, random: this.#random };
    this.#step(input, at);
    const room = roomFor(this.#sender, settings);
    if (room > 0) {
      const rows = this.enqueued
        .map((id, index) => ({ n: index + 1, id }))
        .filter(({ n }) => n > this.#sender.lastTaken && !this.#settled.has(n))
        .slice(0, room);
      this.#step({ type: 'rows', rows, more: rows.length === room }, at);
    }
    const { stream, sends } = takeSends(this.#sender, this.#budget(), at, settings);
    this.#sender = stream;
    for (const send of sends) this.#route(send);
  }

  /** Other recipients take their part of what may leave. */
  #budget(): number {
    return this.#healed ? Number.POSITIVE_INFINITY : Math.floor(this.#random() * 5);
  }

  #step(input: SenderInput, at: Moment): void {
    const { stream, moves } = advance(this.#sender, input, at, settings);
    this.#sender = stream;
    for (const { n, settled } of moves) if (settled) this.#settled.add(n);
  }

  #route(send: Send): void {
    const { id, n } = send;
    this.#tellAlice({ type: 'reply', n, reply: { id, status: 'accepted' } });
    if (this.#bobOnline) this.#toBob.push(send);
    this.#tellAlice({
      type: 'receipts',
      receipts: [{ id, to: bob, stage: this.#bobOnline ? 'routed' : 'unavailable' }],
    });
  }

  #receive({ id, epoch, seq, base }: Send): void {
    const known = this.applied.includes(id);
    const decision = decide(
      this.#recipient,
      { epoch, seq, base, known },
      { last: () => this.#lastApplied, life: undefined },
    );
    const to = bob;
    const upto = () => {
      const expected = this.#recipient?.epoch === epoch ? (this.#recipient?.expected ?? 1) : 1;
      return expected > 1 ? { epoch, upto: expected - 1 } : { epoch };
    };
    const answer = (receipt: Partial<Receipt> & Pick<Receipt, 'stage'>) =>
      this.#tellAlice({ type: 'receipts', receipts: [{ id, to, ...upto(), ...receipt }] });
    switch (decision.verdict) {
      case 'apply':
        if (this.#bobBusy) {
          this.#bobBusy = false;
          this.#recipient = decision.uncommitted;
          answer({ stage: 'nacked', code: 'busy', retry_after_ms: 300 });
          return;
        }
        this.applied.push(id);
        this.#lastApplied = { epoch, seq };
        this.#recipient = decision.stream;
        answer({ stage: 'delivered' });
        return;
      case 'duplicate':
        this.#recipient = decision.stream;
        answer({ stage: 'delivered' });
        return;
      case 'gap':
        this.#recipient = decision.stream;
        answer({ stage: 'nacked', code: 'gap', want: decision.want });
        return;
      case 'stale':
        this.#recipient = decision.stream;
        answer({ stage: 'nacked', code: 'epoch', above: decision.above });
        return;
      default:
        decision satisfies never;
    }
  }

  #tellAlice(message: ToAlice): void {
    if (this.#aliceOnline) this.#toAlice.push(message);
  }
}
