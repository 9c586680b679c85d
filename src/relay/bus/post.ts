import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { messageOf } from '../../problem.ts';
import type { UserId } from '../../protocol/ids.ts';
import { userId } from '../../protocol/ids.ts';
import type { Gathering } from '../turn.ts';
import { Turn } from '../turn.ts';
import type { Bus, OpenBus } from './bus.ts';
import { type NodeFrame, nodeEnvelope, type UserFrame, userEnvelope } from './frames.ts';
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

/** A frame that is older than this was not said now: somebody says it again. */
const oldestMs = 60_000;
/** What gathers in a turn for one channel is divided here. */
const mostInText = 256 * 1024;
const beatMs = 2000;
const listenAtOnce = 500;

/** Called with how many nodes listened, when the bus has taken the frame; undefined where it can't tell. */
type Taken = (listeners: number | undefined) => void;

/**
 * A node's post office: frames out of this node, gathered by channel for one turn, sealed and published; and frames into
 * it, held to their seal, their age and their schema.
 */
export class Post implements AsyncDisposable {
  readonly node: string = randomUUID();
  readonly #bus: Bus;
  readonly #key: Buffer;
  readonly #userPrefix: string;
  readonly #nodePrefix: string;
  readonly #handlers: PostHandlers;
  readonly #turn = new Turn();
  readonly #gathered = new Map<string, Parcel>();
  readonly #echoes = new Map<number, PromiseWithResolvers<void>>();
  #lastEcho = 0;
  #up = false;
  #saidDown = false;
  /** Counts the connections to the bus, so that what belongs to a lost one ends with it. */
  #life = 0;
  /** The clock of the bus minus performance.now(). */
  #offset: number | undefined;
  #beat: NodeJS.Timeout | undefined;
  #unconfirmed = 0;
  #taken = 0;
  #received = 0;
  #closed = false;

  constructor({ open, key, prefix }: PostOptions, handlers: PostHandlers) {
    this.#key = key;
    this.#userPrefix = `${prefix}:user:`;
    this.#nodePrefix = `${prefix}:node:`;
    this.#handlers = handlers;
    this.#bus = open({
      onText: (channel, text) => this.#hear(channel, text),
      onUp: () => void this.#begin(),
      onDown: (why) => this.#down(why),
    });
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** Texts that the bus has not taken yet. */
  get unconfirmed(): number {
    return this.#gathered.size + this.#unconfirmed;
  }

  /** What has passed: two equal counts mean that nothing came or went between them. */
  get counts(): { readonly published: number; readonly received: number } {
    return { published: this.#taken, received: this.#received };
  }

  /** By the clock of the bus, in ms; as good as the last look at it. */
  now(): number {
    return (this.#offset ?? performance.timeOrigin) + performance.now();
  }

  /** Asks the bus for its time. Rejects where it is down. */
  async setClock(): Promise<void> {
    const before = performance.now();
    const time = await this.#bus.time();
    this.#offset = time - (before + performance.now()) / 2;
  }

  async listen(users: readonly UserId[]): Promise<void> {
    for (let from = 0; from < users.length; from += listenAtOnce) {
      await this.#bus.listen(users.slice(from, from + listenAtOnce).map((user) => this.#channelOf(user)));
    }
  }

  unlisten(user: UserId): void {
    if (this.#up) this.#bus.unlisten(this.#channelOf(user));
  }

  /** How many nodes have each of these users, in one call. */
  listening(users: readonly UserId[]): Promise<readonly number[]> {
    return this.#bus.listening(users.map((user) => this.#channelOf(user)));
  }

  toUser(user: UserId, frame: UserFrame, taken?: Taken): void {
    this.#send(this.#channelOf(user), JSON.stringify(frame), taken);
  }

  toNode(node: string, frame: NodeFrame): void {
    this.#send(this.#nodeChannel(node), JSON.stringify(frame), undefined);
  }

  /** Resolves when everything has come in that the bus had for this node when this was called; rejects when down. */
  async echo(): Promise<void> {
    if (!this.#up) throw new Error('the bus is down');
    this.#lastEcho += 1;
    const q = this.#lastEcho;
    const back = Promise.withResolvers<void>();
    // Where publishing fails already, nobody is left to hear of this.
    back.promise.catch(() => {});
    this.#echoes.set(q, back);
    const channel = this.#nodeChannel(this.node);
    try {
      await this.#bus.publish(channel, this.#sealed(channel, [JSON.stringify({ k: 'echo', q })]));
      await back.promise;
    } finally {
      this.#echoes.delete(q);
    }
  }

  #send(channel: string, frame: string, taken: Taken | undefined): void {
    if (!this.#up) {
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
    if (!this.#up) {
      parcel.settle(0);
      return;
    }
    this.#unconfirmed += 1;
    this.#bus.publish(channel, this.#sealed(channel, parcel.frames)).then(
      (listeners) => {
        this.#unconfirmed -= 1;
        this.#taken += 1;
        parcel.settle(listeners);
      },
      () => {
        this.#unconfirmed -= 1;
        parcel.settle(0);
      },
    );
  }

  #sealed(channel: string, frames: readonly string[]): string {
    const body = `{"n":"${this.node}","t":${this.now()},"f":[${frames.join(',')}]}`;
    return seal(this.#key, channel, body);
  }

  #hear(channel: string, text: string): void {
    const body = unseal(this.#key, channel, text);
    if (body === undefined) {
      this.#handlers.onForged('its seal is not ours');
      return;
    }
    if (channel === this.#nodeChannel(this.node)) {
      this.#open(body, nodeEnvelope, (frame) => {
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
    this.#open(body, userEnvelope, (frame, node) => {
      this.#received += 1;
      this.#handlers.onUserFrame(user.data, frame, node);
    });
  }

  #open<Frame>(
    body: string,
    schema: z.ZodType<{ n: string; t: number; f: Frame[] }>,
    take: (frame: Frame, node: string) => void,
  ): void {
    try {
      const { n: node, t, f: frames } = schema.parse(JSON.parse(body));
      if (Math.abs(this.now() - t) > oldestMs) {
        this.#handlers.onForged('it is not from now');
        return;
      }
      for (const frame of frames) take(frame, node);
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

  async #begin(): Promise<void> {
    clearTimeout(this.#beat);
    this.#life += 1;
    const life = this.#life;
    try {
      await this.setClock();
      await this.#bus.listen([this.#nodeChannel(this.node)]);
    } catch (error) {
      // A bus that fails again says so itself; what else it refuses (rights, a version) is told, and tried again.
      if (life === this.#life && !this.#closed) {
        this.#sayDown(messageOf(error));
        this.#beat = setTimeout(() => void this.#begin(), beatMs);
      }
      return;
    }
    if (life !== this.#life || this.#closed) return;
    this.#up = true;
    this.#saidDown = false;
    this.#beat = setTimeout(() => void this.#look(life), beatMs);
    this.#handlers.onUp();
  }

  /** A bus that does not answer is as good as none, also while its connection stands. */
  async #look(life: number): Promise<void> {
    try {
      await this.setClock();
    } catch (error) {
      if (life === this.#life) this.#down(messageOf(error));
      if (!this.#closed && life + 1 === this.#life) this.#beat = setTimeout(() => void this.#begin(), beatMs);
      return;
    }
    if (life === this.#life) this.#beat = setTimeout(() => void this.#look(life), beatMs);
  }

  #down(why: string): void {
    this.#life += 1;
    clearTimeout(this.#beat);
    this.#up = false;
    for (const { reject } of this.#echoes.values()) reject(new Error(why));
    this.#sayDown(why);
  }

  #sayDown(why: string): void {
    if (this.#closed || this.#saidDown) return;
    this.#saidDown = true;
    this.#handlers.onDown(why);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const parcel of [...this.#gathered.values()]) parcel.flush();
    this.#closed = true;
    this.#life += 1;
    clearTimeout(this.#beat);
    await this.#bus[Symbol.asyncDispose]();
    this.#up = false;
  }
}

/** The frames of one turn for one channel. */
class Parcel implements Gathering {
  readonly frames: string[] = [];
  size = 0;
  readonly #taken: Taken[] = [];
  readonly #publish: (parcel: Parcel) => void;
  #gone = false;

  constructor(publish: (parcel: Parcel) => void) {
    this.#publish = publish;
  }

  add(frame: string, taken: Taken | undefined): void {
    this.frames.push(frame);
    this.size += frame.length;
    if (taken) this.#taken.push(taken);
  }

  flush(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#publish(this);
  }

  settle(listeners: number | undefined): void {
    for (const taken of this.#taken) taken(listeners);
  }
}
