import { v7 as uuid } from 'uuid';
import WebSocket from 'ws';
import { z } from 'zod';
import { type FetchReply, fetchQuestion, fetchResult } from '../../protocol/collab-fetch.ts';
import { type DeliveredEvent, deliveredEvent, eventType } from '../../protocol/events.ts';
import { type Presence, presence } from '../../protocol/presence.ts';
import { type Receipt, receipts } from '../../protocol/receipts.ts';
import { Log } from './log.ts';

const aFrame = z.looseObject({ type: z.string() });
type Frame = z.infer<typeof aFrame>;

export interface PeerLineOptions {
  /** Of the relay itself, past the wire that the tested backend is on. */
  readonly relayUrl: string;
  readonly user: string;
  readonly hello: () => Promise<Record<string, unknown>>;
  /** A question that came through the relay. */
  readonly onQuestion: (question: z.infer<typeof fetchQuestion>) => Promise<Omit<FetchReply, 'id' | 'to'>>;
}

/** A peer's connection to the relay, frame by frame (protocol/plain-socket.ts). */
export class PeerLine implements Disposable {
  readonly events = new Log<DeliveredEvent>();
  readonly receipts = new Log<Receipt>();
  readonly presence = new Log<Presence>();
  readonly #results = new Log<z.infer<typeof fetchResult>>();
  readonly #ready = new Log<string>();
  readonly #options: PeerLineOptions;
  #socket: WebSocket | undefined;
  /** Called for each event; whoever listens decides about the acknowledgement. */
  onEvent: (event: DeliveredEvent) => void = () => {};

  constructor(options: PeerLineOptions) {
    this.#options = options;
  }

  /** Resolves when the relay has greeted. */
  async open(): Promise<void> {
    const { relayUrl, user, hello } = this.#options;
    const first = { type: 'hello', ...(await hello()) };
    const before = this.#ready.all.length;
    const socket = new WebSocket(`${relayUrl.replace(/^http/, 'ws')}/ws/${user}`);
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('open', () => socket.send(JSON.stringify(first)));
    socket.on('message', (data) => this.#hear(aFrame.parse(JSON.parse(String(data)))));
    const greeted = await this.#ready.next(() => true, 10_000, before);
    if (greeted === undefined) throw new Error(`the relay of the tests does not greet ${user}`);
  }

  /** Leaves on purpose: others see it at once. */
  close(): void {
    this.say({ type: 'bye' });
    this.#socket?.close();
    this.#socket = undefined;
  }

  say(frame: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** Asks another backend through the relay. Undefined: no answer came in time. */
  async fetch(to: string, path: string, token: string, withinMs: number) {
    const id = uuid();
    this.say({ type: 'collab_fetch', id, to, path, token });
    return this.#results.next((result) => result.id === id, withinMs);
  }

  #hear(frame: Frame): void {
    const { type } = frame;
    if (eventType.safeParse(type).success) {
      const event = deliveredEvent.parse(frame);
      this.events.add(event);
      this.onEvent(event);
    } else if (type === 'collab_receipt') {
      for (const receipt of receipts.parse(frame.receipts)) this.receipts.add(receipt);
    } else if (type === 'presence') this.presence.add(presence.parse(frame));
    else if (type === 'ready') this.#ready.add('ready');
    else if (type === 'collab_fetch_result') this.#results.add(fetchResult.parse(frame));
    else if (type === 'collab_fetch') this.#answer(fetchQuestion.parse(frame));
  }

  #answer(question: z.infer<typeof fetchQuestion>): void {
    void this.#options
      .onQuestion(question)
      .then((reply) =>
        this.say({ type: 'collab_fetch_result', id: question.id, to: question.from, ...reply }),
      );
  }

  [Symbol.dispose](): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }
}
