import { expect, test } from 'vitest';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import { busKey } from '../../src/relay/bus/configured-bus.ts';
import { MemoryBus } from '../../src/relay/bus/memory-bus.ts';
import { Post } from '../../src/relay/bus/post.ts';
import { redisTarget } from '../../src/relay/bus/redis-target.ts';
import { derivedKey, seal, unseal } from '../../src/relay/bus/seal.ts';
import { startRedis } from './redis-rig.ts';
import { anEvent, join, startRelay } from './rig.ts';
import { startNodes, untilNotReady, untilQuiet, untilReady } from './two-nodes-rig.ts';

const key = derivedKey('a secret that all nodes have');

test('a sealed text opens on its own channel with its own key, and nowhere else', () => {
  const text = seal(key, 'collab:user:bob', '{"f":[]}');
  expect(unseal(key, 'collab:user:bob', text)).toBe('{"f":[]}');
  expect(unseal(key, 'collab:user:carol', text)).toBeUndefined();
  expect(unseal(derivedKey('another secret'), 'collab:user:bob', text)).toBeUndefined();
  expect(unseal(key, 'collab:user:bob', text.replace('[]', '[1]'))).toBeUndefined();
  expect(unseal(key, 'collab:user:bob', '')).toBeUndefined();
  expect(unseal(key, 'collab:user:bob', `2${text.slice(1)}`)).toBeUndefined();
});

test('who waits for what is on its way does not wait for a bus that was lost', async () => {
  const bus = new MemoryBus();
  const { promise: up, resolve: onUp } = Promise.withResolvers<void>();
  const ignored = () => {};
  await using post = new Post(
    { open: bus.open, key, prefix: 'collab' },
    { onUserFrame: ignored, onNodeFrame: ignored, onForged: ignored, onDown: ignored, onUp },
  );
  await up;
  const echo = post.echo();
  bus.fail();
  await expect(echo).rejects.toThrow('told to fail');
});

test('the nodes need a secret in common', () => {
  const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'a'.repeat(43) }] };
  expect(() => busKey(relayConfig.parse({ trust: { jwks } }))).toThrow('no secret in common');
  const given = busKey(relayConfig.parse({ trust: { jwks }, bus_key: 'a key of the bus of 32 characters' }));
  expect(given).toHaveLength(32);
  const derived = busKey(relayConfig.parse({ trust: { hs256_secret: 'a secret of 32 characters or more' } }));
  expect(derived.equals(given)).toBe(false);
});

test.each([
  ['redis://localhost', { host: 'localhost', port: 6379 }],
  ['redis://:p%40ss@10.0.0.1:7000/2', { host: '10.0.0.1', port: 7000, password: 'p@ss', db: 2 }],
  ['rediss://me:secret@[::1]:7000', { host: '::1', port: 7000, username: 'me', password: 'secret', tls: {} }],
  [
    'redis+sentinel://:secret@one,two:26400/main',
    {
      password: 'secret',
      name: 'main',
      sentinels: [
        { host: 'one', port: 26_379 },
        { host: 'two', port: 26_400 },
      ],
    },
  ],
])('%s says where Redis is', (url, target) => {
  expect(redisTarget(url)).toEqual(target);
});

test.each(['http://localhost', 'redis://', 'redis+sentinel://one,two', 'redis://one,two', 'localhost:6379'])(
  '%s says nothing of the kind, and is not repeated',
  (url) => {
    expect(() => redisTarget(url)).toThrow('The URL of Redis is not one that can be used.');
  },
);

test('what anybody else in Redis says is ignored, and told', async (context) => {
  const redis = await startRedis(context);
  const settings = { redis: { url: redis.url } };
  const nodes = await startNodes({ settings, options: {} }, 1);
  const [node] = nodes;
  if (!node) throw new Error('one is needed');
  const bob = await join(node, 'bob', { friends: ['alice'] });
  await untilQuiet(nodes);
  const forger = redis.client();
  const frame = {
    k: 'event',
    q: 1,
    from: 'alice',
    as: 'friend',
    id: 'e1',
    type: 'position_updated',
    position: 'p1',
  };
  const event = JSON.stringify({ ...anEvent(), to_users: ['bob'] });
  const body = JSON.stringify({ n: 'forger', t: Date.now(), f: [{ ...frame, json: event }] });
  const old = JSON.stringify({ n: 'forger', t: Date.now() - 120_000, f: [{ ...frame, json: event }] });
  const own = busKey(relayConfig.parse({ trust: { hs256_secret: 'a secret that only this test knows' } }));
  const channel = 'collab:user:bob';
  for (const text of [
    body,
    `1.${body}`,
    seal(key, channel, body),
    seal(own, 'collab:user:eve', body),
    seal(own, channel, old),
  ]) {
    expect(await forger.spublish(channel, text)).toBe(1);
  }
  await untilQuiet(nodes);
  expect(bob.named('collab_event')).toEqual([]);
  expect(node.told).toContainEqual(expect.objectContaining({ type: 'note', code: 'bus_forged' }));
  // The very same with the seal of this relay's nodes is taken: it was the seal that was missing.
  await forger.spublish(channel, seal(own, channel, body));
  expect(await bob.next('collab_event')).toMatchObject({ id: 'e1' });
});

test('a node that cannot reach Redis at its start serves its own users and says so', async (context) => {
  const redis = await startRedis(context);
  await redis.kill();

  const relay = await startRelay({ redis: { url: redis.url } });
  await untilNotReady(relay);
  const alice = await join(relay, 'alice', { friends: ['bob'] });
  await join(relay, 'bob', { friends: ['alice'] });
  expect(await alice.next('presence')).toMatchObject({ user_id: 'bob' });
  await redis.start();
  await untilReady(relay);
  expect(relay.told).toContainEqual(expect.objectContaining({ type: 'note', code: 'bus_down' }));
});
