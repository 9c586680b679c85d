import { expect, onTestFinished, type TestContext, test, vi } from 'vitest';
import { startRedis } from '../relay/redis-rig.ts';
import { balance, startNode } from './relay-process-rig.ts';
import { alice, anEvent, bob, openUser, type User } from './rig.ts';

vi.setConfig({ testTimeout: 120_000 });

/** An acknowledgement that dies with Redis is made good by the sweep, which these tests must not wait a minute for. */
const timing = { sweepMs: 1000 };

/**
 * Three nodes as they are deployed, alice on the first of them and bob on the second, who write to each other without a
 * pause. What comes of an outage is judged by their databases; `npx vitest run test/client/relay-processes.test.ts
 * --reporter=verbose` says how long each took.
 */
async function underLoad(context: TestContext) {
  const redis = await startRedis(context);
  const nodes = await Promise.all([1, 2, 3].map(() => startNode(redis.url)));
  const [one, two, three] = nodes;
  if (!one || !two || !three) throw new Error('three are needed');
  const users = {
    alice: await openUser(await balance([one, two, three]), alice, { timing }),
    bob: await openUser(await balance([two, three, one]), bob, { timing }),
  };
  const sent = { there: [] as string[], back: [] as string[] };
  const send = () => {
    sent.there.push(users.alice.send(anEvent({ to: [bob] })));
    sent.back.push(users.bob.send(anEvent({ to: [alice] })));
  };
  const timer = setInterval(send, 10);
  onTestFinished(() => clearInterval(timer));
  const has = (user: User, id: string | undefined) =>
    user.until(() => user.committed.some((one) => one.event.id === id));
  /** What both have written by now has come: nothing comes before what was written earlier. */
  const whole = () => Promise.all([has(users.bob, sent.there.at(-1)), has(users.alice, sent.back.at(-1))]);
  await users.bob.until(() => users.bob.committed.length > 50);

  return {
    redis,
    users,
    nodes: { one, two, three },
    /** Lets something happen, and says how long it took from the moment that it names until all was well again. */
    async outage(name: string, happen: (begun: () => void) => Promise<void>): Promise<void> {
      let began = performance.now();
      await happen(() => {
        began = performance.now();
      });
      send();
      await whole();
      await context.annotate(
        `${name}: whole again after ${((performance.now() - began) / 1000).toFixed(2)} s`,
      );
    },
    async judge(): Promise<void> {
      clearInterval(timer);
      await whole();
      await context.annotate(`${sent.there.length + sent.back.length} events, none lost or doubled`);
      expect(users.bob.applied()).toEqual(sent.there);
      expect(users.alice.applied()).toEqual(sent.back);
    },
  };
}

test('three nodes are restarted one after the other under load: nothing is lost or doubled, and the order holds', async (context) => {
  const { nodes, outage, judge } = await underLoad(context);
  for (const [name, node] of Object.entries(nodes)) {
    await outage(`node ${name} is restarted`, async (begun) => {
      begun();
      expect(await node.end('SIGTERM')).toBe('SIGTERM');
    });
    await node.start();
  }
  await judge();
});

test('a node is killed under load, with its users: nothing is lost or doubled', async (context) => {
  const { nodes, outage, judge } = await underLoad(context);
  await outage("bob's node is killed", async (begun) => {
    begun();
    expect(await nodes.two.end('SIGKILL')).toBe('SIGKILL');
  });
  await outage("alice's node is killed", async (begun) => {
    begun();
    await nodes.one.end('SIGKILL');
  });
  await judge();
});

test('Redis is killed under load: nothing is lost or doubled', async (context) => {
  const { redis, users, outage, judge } = await underLoad(context);
  await outage('Redis has come back', async (begun) => {
    const seen = users.alice.moved.length;
    await redis.kill();
    await users.alice.until(() => users.alice.moved.slice(seen).some(({ stage }) => stage === 'unavailable'));
    await redis.start();
    begun();
  });
  await judge();
});
