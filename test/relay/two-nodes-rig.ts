import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished, type TestContext } from 'vitest';
import type { z } from 'zod';
import type { relayConfig } from '../../src/protocol/relay-config.ts';
import type { Bus, OpenBus } from '../../src/relay/bus/bus.ts';
import { MemoryBus } from '../../src/relay/bus/memory-bus.ts';
import { openRedisBus } from '../../src/relay/bus/redis-bus.ts';
import type { OpenRelayOptions, Relay } from '../../src/relay/relay.ts';
import { startRedis } from './redis-rig.ts';
import { type Puppet, startRelay } from './rig.ts';

type Settings = Partial<z.input<typeof relayConfig>>;

/** Whatever joins the nodes of one test: it can be lost and come back. */
export interface TestBus {
  readonly settings: Settings;
  readonly options: Pick<OpenRelayOptions, 'bus'>;
  /** For somebody who is no node. */
  readonly open: OpenBus;
  fail(): Promise<void>;
  recover(): Promise<void>;
}

export const buses = ['memory', 'Redis'] as const;

export async function startBus(kind: (typeof buses)[number], context: TestContext): Promise<TestBus> {
  if (kind === 'memory') {
    const bus = new MemoryBus();
    return {
      settings: {},
      options: { bus: bus.open },
      open: bus.open,
      fail: async () => bus.fail(),
      recover: async () => bus.recover(),
    };
  }
  const redis = await startRedis(context);
  return {
    settings: { redis: { url: redis.url } },
    options: {},
    open: (events) => openRedisBus({ url: redis.url }, events),
    fail: redis.kill,
    recover: redis.start,
  };
}

/** Somebody who may read and write all that nodes say to each other, and has no key: hears one channel. */
export async function eavesdrop(
  bus: Pick<TestBus, 'open'>,
  channel: string,
): Promise<{ heard: string[]; wire: Bus }> {
  const heard: string[] = [];
  const { promise: up, resolve: onUp } = Promise.withResolvers<void>();
  const wire = bus.open({ onText: (_, text) => heard.push(text), onUp, onDown: () => {} });
  onTestFinished(() => wire[Symbol.asyncDispose]());
  await up;
  await wire.listen([channel]);
  return { heard, wire };
}

export type Node = Awaited<ReturnType<typeof startRelay>>;

/** Relays that are nodes of one, each in this process. */
export async function startNodes(
  bus: Pick<TestBus, 'settings' | 'options'>,
  count: number,
  settings: Settings = {},
): Promise<Node[]> {
  const nodes = await Promise.all(
    Array.from({ length: count }, () =>
      startRelay({ bus_verify_ms: 60_000, ...bus.settings, ...settings }, bus.options),
    ),
  );
  await Promise.all(nodes.map((node) => untilReady(node)));
  return nodes;
}

export async function readiness(relay: Relay): Promise<number> {
  return (await fetch(`${relay.url}/readyz`)).status;
}

export const untilReady = (relay: Relay): Promise<void> =>
  until('the node is ready', async () => (await readiness(relay)) === 200);

export const untilNotReady = (relay: Relay): Promise<void> =>
  until('the node is not ready', async () => (await readiness(relay)) === 503);

const patienceMs = 20_000;

/** Looks until it holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  let over = false;
  onTestFinished(() => {
    over = true;
  });
  const end = performance.now() + patienceMs;
  while (!over && !(await holds())) {
    if (performance.now() > end) throw new Error(`It did not happen: ${what}.`);
    await wait(10);
  }
}

/** Nothing is under way on these nodes any more. */
export const untilQuiet = (nodes: readonly Relay[]): Promise<void> =>
  until('the nodes are quiet', async () => {
    const look = async () => {
      await Promise.all(nodes.map((node) => node.caughtUp()));
      return nodes.map((node) => node.census());
    };
    const [first, second] = [await look(), await look()];
    const busy = second.some(({ runnable }) => Object.values(runnable).some((n) => n > 0));
    return !busy && JSON.stringify(first) === JSON.stringify(second);
  });

/**
 * As untilQuiet, and these clients, with their nodes, have read all that they were sent on the connection that they
 * have had all along: what is quiet between the nodes may still be on its way to a client.
 */
export async function untilAllRead(
  nodes: readonly Relay[],
  clients: readonly (readonly [Relay, string, Puppet])[],
): Promise<void> {
  await untilQuiet(nodes);
  for (const [node, user, { frames }] of clients) {
    await until(`${user} has read everything`, () => {
      const sent = node.census().links.find((link) => link.user === user)?.sent;
      return sent === frames.filter(({ name }) => name !== 'connect').length;
    });
  }
}
