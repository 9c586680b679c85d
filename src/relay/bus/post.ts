import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { Histogram } from '../../http/metrics/meters.ts';
import { messageOf } from '../../problem.ts';
import { type UserId, userId } from '../../protocol/ids.ts';
import { Turn } from '../turn.ts';
import type { OpenBus } from './bus.ts';
import { BusLine } from './bus-line.ts';
import { type NodeFrame, nodeEnvelope, type UserFrame, userEnvelope } from './frames.ts';
import { FreshTexts, type Stamp } from './freshness.ts';
import { Parcel, type Taken } from './parcel.ts';
import { seal, unseal } from './seal.ts';

/** What came in, with the node that said it. */
export interface PostHandlers {
  onUserFrame(to: UserId, frame: UserFrame, node: string): void;
  onNodeFrame(frame: Exclude<NodeFrame, { k: 'echo' }>): void;
  /** The node listens to its own channel, and knows the time. */
  onUp(): void;
  onDown(why: string): void;
  /** Something came in that no node of ours can have said. */
  onForged(why: string): void;
}

export interface PostOptions {
  readonly open: OpenBus;
  readonly key: Buffer;
  /** Begins the name of every channel. */
  readonly prefix: string;
}

/** What gathers in a turn for one channel is divided here. */
const mostInText = 256 * 1024;
const listenAtOnce = 500;

const busSeconds = () => new Histogram([0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5]);

/**
 * A node's post office: frames out of this node, gathered by channel for one turn, sealed and published; and frames into
 * it, held to their seal, their schema, and that they are said now and once.
 */
export class Post implements AsyncDisposable {
  readonly node: string = randomUUID();
  /** In seconds: until the bus has a text of this node, and from its making until one is heard here. */
  readonly times = { publish: busSeconds(), lag: busSeconds() } as const;
  readonly #line: BusLine;
  readonly #key: Buffer;
  readonly #userPrefix: string;
  readonly #nodePrefix: string;
  readonly #handlers: PostHandlers;
  readonly #turn = new Turn();
  readonly #gathered = new Map<string, Parcel>();
  readonly #fresh = new FreshTexts();
  readonly #echoes = new Map<number, PromiseWithResolvers<void>>();
  #lastEcho = 0;
  #lastText = 0;
  #unconfirmed = 0;
  #taken = 0;
  #received = 0;

  constructor({ open, key, prefix }: PostOptions, handlers: PostHandlers) {
    this.#key = key;
    this.#userPrefix = `${prefix}:user:`;
    this.#nodePrefix = `${prefix}:node:`;
    this.#handlers = handlers;
    const ownChannel = this.#nodeChannel(this.node);
    // Nothing can have been said to this node before it has its name.
    this.#fresh.begin(ownChannel, Number.NEGATIVE_INFINITY);
    this.#line = new BusLine({
      open,
      ownChannel,
      onText: (channel, text) => this.#hear(channel, text),
      onUp: () => handlers.onUp(),
      onDown: (why) => this.#onDown(why),
    });
  }

  get isUp(): boolean {
    return this.#line.isUp;
  }

  /** Texts that the bus has not taken yet. */
  get unconfirmed(): number {
    return this.#gathered.size + this.#unconfirmed;
  }

  /** What has passed: two equal counts mean that nothing came or went between them. */
  get counts(): { readonly published: number; readonly received: number } {
    return { published: this.#taken, received: this.#received };
  }

  /** As the clock of BusLine. */
  now(): number {
    return this.#line.now();
  }

  setClock(): Promise<void> {
    return this.#line.setClock();
  }

  async listen(users: readonly UserId[]): Promise<void> {
    const channels = users.map((user) => this.#channelOf(user));
    for (let from = 0; from < channels.length; from += listenAtOnce) {
      const some = channels.slice(from, from + listenAtOnce);
      for (const channel of some) this.#fresh.begin(channel, this.now());
      await this.#line.bus.listen(some);
    }
  }

  unlisten(user: UserId): void {
    this.#fresh.end(this.#channelOf(user));
    if (this.#line.isUp) this.#line.bus.unlisten(this.#channelOf(user));
  }

  /** How many nodes have each of these users, in one call. */
  listening(users: readonly UserId[]): Promise<readonly number[]> {
    return this.#line.bus.listening(users.map((user) => this.#channelOf(user)));
  }

  toUser(user: UserId, frame: UserFrame, taken?: Taken): void {
    this.#send(this.#channelOf(user), JSON.stringify(frame), taken);
  }

  toNode(node: string, frame: NodeFrame): void {
    this.#send(this.#nodeChannel(node), JSON.stringify(frame), undefined);
  }

  /** Resolves when everything has come in that the bus had for this node when this was called; rejects when down. */
  async echo(): Promise<void> {
    if (!this.#line.isUp) throw new Error('the bus is down');
    this.#lastEcho += 1;
    const q = this.#lastEcho;
    const back = Promise.withResolvers<void>();
    // Where publishing fails already, nobody is left to hear of this.
    back.promise.catch(() => {});
    this.#echoes.set(q, back);
    const channel = this.#nodeChannel(this.node);
    try {
      await this.#line.bus.publish(channel, this.#sealed(channel, [JSON.stringify({ k: 'echo', q })]));
      await back.promise;
    } finally {
      this.#echoes.delete(q);
    }
  }

  #send(channel: string, frame: string, taken: Taken | undefined): void {
    if (!this.#line.isUp) {
      taken?.(0);
      return;
    }
    let parcel = this.#gathered.get(channel);
    if (parcel && parcel.size + frame.length > mostInText) {
      parcel.flush();
      parcel = undefined;
    }
    if (!parcel) {
      parcel = new Parcel((full) => this.#publish(channel, full));
      this.#gathered.set(channel, parcel);
      this.#turn.atEnd(parcel);
    }
    parcel.add(frame, taken);
  }

  #publish(channel: string, parcel: Parcel): void {
    if (this.#gathered.get(channel) === parcel) this.#gathered.delete(channel);
    if (!this.#line.isUp) {
      parcel.settle(0);
      return;
    }
    this.#unconfirmed += 1;
    const began = performance.now();
    this.#line.bus.publish(channel, this.#sealed(channel, parcel.frames)).then(
      (listeners) => {
        this.#unconfirmed -= 1;
        this.#taken += 1;
        this.times.publish.observe((performance.now() - began) / 1000);
        parcel.settle(listeners);
      },
      () => {
        this.#unconfirmed -= 1;
        parcel.settle(0);
      },
    );
  }

  #sealed(channel: string, frames: readonly string[]): string {
    this.#lastText += 1;
    const body = `{"n":"${this.node}","t":${this.now()},"s":${this.#lastText},"f":[${frames.join(',')}]}`;
    return seal(this.#key, channel, body);
  }

  #hear(channel: string, text: string): void {
    const body = unseal(this.#key, channel, text);
    if (body === undefined) {
      this.#handlers.onForged('its seal is not ours');
      return;
    }
    if (channel === this.#nodeChannel(this.node)) {
      this.#open(channel, body, nodeEnvelope, (frame) => {
        if (frame.k === 'echo') this.#echoes.get(frame.q)?.resolve();
        else {
          this.#received += 1;
          this.#handlers.onNodeFrame(frame);
        }
      });
      return;
    }
    const user = userId.safeParse(channel.slice(this.#userPrefix.length));
    if (!user.success) return;
    this.#open(channel, body, userEnvelope, (frame, node) => {
      this.#received += 1;
      this.#handlers.onUserFrame(user.data, frame, node);
    });
  }

  #open<Frame>(
    channel: string,
    body: string,
    schema: z.ZodType<Stamp & { f: Frame[] }>,
    take: (frame: Frame, node: string) => void,
  ): void {
    try {
      const { f: frames, ...stamp } = schema.parse(JSON.parse(body));
      const now = this.now();
      const fresh = this.#fresh.hear(channel, stamp, now);
      if (fresh === 'old') this.#handlers.onForged('it is not from now');
      if (fresh === 'again') this.#handlers.onForged('it was said before');
      if (fresh !== 'new') return;
      this.times.lag.observe(Math.max(0, now - stamp.t) / 1000);
      for (const frame of frames) take(frame, stamp.n);
    } catch (error) {
      this.#handlers.onForged(messageOf(error));
    }
  }

  #channelOf(user: UserId): string {
    return this.#userPrefix + user;
  }

  #nodeChannel(node: string): string {
    return this.#nodePrefix + node;
  }

  #onDown(why: string): void {
    for (const { reject } of this.#echoes.values()) reject(new Error(why));
    this.#handlers.onDown(why);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const parcel of [...this.#gathered.values()]) parcel.flush();
    await this.#line[Symbol.asyncDispose]();
  }
}
