import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { hasRedis, openRedis, redisServer, type TestRedis } from '../relay/redis-rig.ts';
import { type Node, startNodes, untilQuiet } from '../relay/two-nodes-rig.ts';
import type { Bus } from './describe-relay.ts';

/**
 * Two nodes on a real Redis, which all stories of a file share; those of one story are far from each other: of friends
 * who come one after the other, each is on another node.
 */
export function redisBus(): Bus {
  let redis: Promise<TestRedis> | undefined;
  afterAll(async () => {
    await (await redis)?.[Symbol.asyncDispose]();
  });
  return {
    name: 'two nodes on Redis',
    missing: hasRedis() ? undefined : redisServer,
    async start(config) {
      redis ??= openRedis();
      const { url } = await redis;
      // A prefix of its own: what an earlier story has left behind is none of this one's.
      // On a busy machine the other node's word may take longer than the rig's schedule for "unavailable".
      const settings = { redis: { url, prefix: randomUUID() }, unavailable_after_ms: 300, ...config };
      const nodes = await startNodes({ settings, options: {} }, 2);
      const places = new Map<string, Node>();
      const nodeOf = (user: string): Node => {
        const node = places.get(user) ?? nodes[places.size % nodes.length];
        if (!node) throw new Error('there is no node');
        places.set(user, node);
        return node;
      };
      return {
        nodes: nodes.length,
        settled: () => untilQuiet(nodes),
        get told() {
          return nodes.flatMap(({ told }) => told);
        },
        census() {
          const all = nodes.map((node) => node.census());
          return {
            links: all.flatMap(({ links }) => links),
            runnable: sums(all.map(({ runnable }) => runnable)),
            parked: {},
            pages: [],
          };
        },
        urlOf: (user) => nodeOf(user).url,
        close: async () => void (await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))),
      };
    },
  };
}

function sums(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const one of all) for (const [name, n] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + n;
  return sum;
}
