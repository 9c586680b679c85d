import { expect, test, vi } from 'vitest';
import { startRedis, type TestRedis } from '../relay/redis-rig.ts';
import { startRelay } from './relay-rig.ts';
import { alice, anEvent, bob, openUser, type User } from './rig.ts';

vi.setConfig({ testTimeout: 90_000 });

/** Alice on one node and bob on another, who writes back; each event is judged by the databases of the two. */
async function twoNodes(redis: TestRedis) {
  const settings = { redis: { url: redis.url }, bus_verify_ms: 500, grace_ms: 500 };
  const nodes = await Promise.all([startRelay(settings), startRelay(settings)]);
  const [a, b] = nodes;
  if (!a || !b) throw new Error('two are needed');
  const users = { alice: await openUser(a.url, alice), bob: await openUser(b.url, bob) };
  await users.bob.until(() => users.bob.presences.some(({ user_id }) => user_id === alice));
  return { a, b, ...users };
}

/** Sends while something is done, and a little longer; answers the ids in their order. */
async function sendWhile(sender: User, to: typeof alice, done: () => Promise<void>): Promise<string[]> {
  const ids: string[] = [];
  const timer = setInterval(() => ids.push(sender.send(anEvent({ to: [to] }))), 5);
  await done();
  clearInterval(timer);
  ids.push(sender.send(anEvent({ to: [to] })));
  return ids;
}

const arrived = (user: User, ids: readonly string[]) => user.until(() => user.applied().length >= ids.length);

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

test('Redis is killed and started again under load: nothing is lost or doubled, and the order holds', async (context) => {
  const redis = await startRedis(context);
  const { alice: sender, bob: recipient } = await twoNodes(redis);
  let backAt = 0;
  const kills = async () => {
    for (const _ of [1, 2]) {
      const before = recipient.applied().length;
      await recipient.until(() => recipient.applied().length > before + 100);
      const seen = sender.moved.length;
      await redis.kill();
      await sender.until(() => sender.moved.slice(seen).some(({ stage }) => stage === 'unavailable'));
      await redis.start();
      backAt = performance.now();
    }
  };
  const [there, back] = await Promise.all([
    sendWhile(sender, bob, kills),
    sendWhile(recipient, alice, async () => {}),
  ]);
  await Promise.all([arrived(recipient, there), arrived(sender, back)]);
  await context.annotate(`whole again ${seconds(backAt)} after Redis was back; ${there.length} events`);
  expect(recipient.applied()).toEqual(there);
  expect(sender.applied()).toEqual(back);
});

test('a node goes away under load and its user comes to the other: nothing is lost or doubled', async (context) => {
  const redis = await startRedis(context);
  const { a, b, alice: sender, bob: recipient } = await twoNodes(redis);
  const move = async () => {
    await recipient.until(() => recipient.applied().length > 20);
    await b.close();
    // Its link leads to the other node from now on: as good as a new start of its backend.
    await recipient.stop();
  };
  const ids = await sendWhile(sender, bob, move);
  const again = await openUser(a.url, bob, { file: recipient.file });
  await arrived(again, ids);
  expect(again.applied()).toEqual(ids);
});
