import type { Bus, BusEvents, OpenBus } from './bus.ts';

/** A bus within one process, for several relays in it. Like a real one it hands over later, never within a call. */
export class MemoryBus {
  readonly #nodes = new Map<Node, BusEvents>();
  #up = true;

  /** For one relay's `bus`. */
  readonly open: OpenBus = (events) => {
    const node = new Node(this);
    this.#nodes.set(node, events);
    if (this.#up) setImmediate(() => this.#nodes.get(node)?.onUp());
    return node;
  };

  get isUp(): boolean {
    return this.#up;
  }

  /** Loses what is on its way and what was listened to, as a server that dies. */
  fail(): void {
    this.#up = false;
    for (const [node, events] of this.#nodes) {
      node.channels.clear();
      events.onDown('the memory bus was told to fail');
    }
  }

  recover(): void {
    this.#up = true;
    for (const events of this.#nodes.values()) events.onUp();
  }

  listeners(channel: string): [Node, BusEvents][] {
    return [...this.#nodes].filter(([node]) => node.channels.has(channel));
  }

  hand(node: Node, channel: string, text: string): void {
    setImmediate(() => {
      if (node.channels.has(channel)) this.#nodes.get(node)?.onText(channel, text);
    });
  }

  leave(node: Node): void {
    this.#nodes.delete(node);
  }
}

class Node implements Bus {
  readonly channels = new Set<string>();
  readonly #bus: MemoryBus;

  constructor(bus: MemoryBus) {
    this.#bus = bus;
  }

  async listen(channels: readonly string[]): Promise<void> {
    this.#mustBeUp();
    for (const channel of channels) this.channels.add(channel);
  }

  unlisten(channel: string): void {
    this.channels.delete(channel);
  }

  async publish(channel: string, text: string): Promise<number> {
    this.#mustBeUp();
    const listeners = this.#bus.listeners(channel);
    for (const [node] of listeners) this.#bus.hand(node, channel, text);
    return listeners.length;
  }

  async listening(channels: readonly string[]): Promise<readonly number[]> {
    this.#mustBeUp();
    return channels.map((channel) => this.#bus.listeners(channel).length);
  }

  async time(): Promise<number> {
    this.#mustBeUp();
    return performance.timeOrigin + performance.now();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#bus.leave(this);
  }

  #mustBeUp(): void {
    if (!this.#bus.isUp) throw new Error('the memory bus is down');
  }
}
