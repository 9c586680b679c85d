import { expect, test } from 'vitest';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import type { OpenBus } from '../../src/relay/bus/bus.ts';
import { busKey } from '../../src/relay/bus/configured-bus.ts';
import { FreshTexts } from '../../src/relay/bus/freshness.ts';
import { MemoryBus } from '../../src/relay/bus/memory-bus.ts';
import { Post } from '../../src/relay/bus/post.ts';
import { redisTarget } from '../../src/relay/bus/redis-target.ts';
import { derivedKey, seal, unseal } from '../../src/relay/bus/seal.ts';
import { startRedis } from './redis-rig.ts';
import { anEvent, join, startRelay } from './rig.ts';
import {
  buses,
  eavesdrop,
  startBus,
  startNodes,
  untilAllRead,
  untilNotReady,
  untilQuiet,
  untilReady,
} from './two-nodes-rig.ts';

const key = derivedKey('a secret that all nodes have');

test('a sealed text opens on its own channel with its own key, and nowhere else', () => {
  const text = seal(key, 'collab:user:bob', '{"f":[]}');
  expect(unseal(key, 'collab:user:bob', text)).toBe('{"f":[]}');
  expect(unseal(key, 'collab:user:carol', text)).toBeUndefined();
  expect(unseal(derivedKey('another secret'), 'collab:user:bob', text)).toBeUndefined();
  expect(unseal(key, 'collab:user:bob', text.replace('[]', '[1]'))).toBeUndefined();
  expect(unseal(key, 'collab:user:bob', '')).toBeUndefined();
  expect(unseal(key, 'collab:user:bob', `1${text.slice(1)}`)).toBeUndefined();
});

test('a bus that was too slow to listen for somebody is asked again, or nobody would reach them', async () => {
  const memory = new MemoryBus();
  let refusals = 2;
  const open: OpenBus = (events) => {
    const bus = memory.open(events);
    return {
      async listen(channels) {
        if (channels.some((channel) => channel.endsWith('bob')) && refusals > 0) {
          refusals -= 1;
          throw new Error('Command timed out');
        }
        await bus.listen(channels);
      },
      unlisten: (channel) => bus.unlisten(channel),
      publish: (channel, text) => bus.publish(channel, text),
      listening: (channels) => bus.listening(channels),
      time: () => bus.time(),
      [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
    };
  };
  const [one, other] = await startNodes({ settings: {}, options: { bus: open } }, 2);
  if (!one || !other) throw new Error('two are needed');
  const alice = await join(one, 'alice', { friends: ['bob'] });
  const bob = await join(other, 'bob', { friends: ['alice'] });
  await untilQuiet([one, other]);
  expect(refusals).toBe(0);
  await alice.submit(anEvent());
  expect(await alice.receipt('e1', 'bob', 'routed')).toMatchObject({ final: true });
  await bob.next('collab_event');
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
  expect(redisTarget({ url })).toEqual(target);
});

test.each(['http://localhost', 'redis://', 'redis+sentinel://one,two', 'redis://one,two', 'localhost:6379'])(
  '%s says nothing of the kind, and is not repeated',
  (url) => {
    expect(() => redisTarget({ url })).toThrow('The URL of Redis is not one that can be used.');
  },
);

test('an authority for Redis belongs to a URL that asks for TLS', () => {
  const ca = 'a certificate';
  expect(redisTarget({ url: 'rediss://localhost', ca })).toMatchObject({ tls: { ca } });
  expect(() => redisTarget({ url: 'redis://localhost', ca })).toThrow('does not ask for TLS');
  expect(() => redisTarget({ url: 'redis+sentinel://one/main', ca })).toThrow('does not ask for TLS');
});

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
  const body = JSON.stringify({ n: 'forger', t: Date.now(), s: 2, f: [{ ...frame, json: event }] });
  const old = JSON.stringify({ n: 'forger', t: Date.now() - 120_000, s: 1, f: [{ ...frame, json: event }] });
  const own = busKey(relayConfig.parse({ trust: { hs256_secret: 'a secret that only this test knows' } }));
  const channel = 'collab:user:bob';
  for (const text of [
    body,
    `2.${body}`,
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

test('a text is new once, and only for as long as one can be on its way', () => {
  const texts = new FreshTexts();
  const hear = (s: number, t: number, { n = 'a', now = 100_000 } = {}) => texts.hear('bob', { n, t, s }, now);
  expect(hear(1, 100_000)).toBeUndefined();
  texts.begin('bob', 100_000);
  expect([hear(1, 100_000), hear(2, 100_000), hear(2, 100_000), hear(1, 100_000)]).toEqual([
    'new',
    'new',
    'again',
    'again',
  ]);
  expect(hear(1, 100_000, { n: 'b' })).toBe('new');
  // What nobody here can have heard: it may have been said to whoever had the user before.
  expect(hear(3, 97_000)).toBe('old');
  expect(hear(3, 98_500)).toBe('new');
  expect(hear(4, 100_000, { now: 160_001 })).toBe('old');
  expect(hear(4, 220_000, { now: 150_000 })).toBe('old');
});

test('what is remembered of texts is bounded', () => {
  const texts = new FreshTexts();
  for (const user of ['alice', 'bob']) texts.begin(user, 0);
  // Nodes that are restarted a thousand times, a minute and a half after each other.
  for (let life = 0; life < 1000; life += 1) {
    const now = life * 90_000;
    for (const user of ['alice', 'bob']) texts.hear(user, { n: `life ${life}`, t: now, s: 1 }, now);
  }
  expect(texts.size).toBe(2);
  texts.end('bob');
  expect(texts.size).toBe(1);
});

test.for(buses)('what was said on a bus in %s cannot be said again', async (kind, context) => {
  const bus = await startBus(kind, context);
  const nodes = await startNodes(bus, 2);
  const [here, elsewhere] = nodes;
  if (!here || !elsewhere) throw new Error('two are needed');
  const { heard, wire } = await eavesdrop(bus, 'collab:user:bob');
  const bob = await join(here, 'bob', { friends: ['alice'] });
  await untilQuiet(nodes);
  const alice = await join(elsewhere, 'alice', { friends: ['bob'] });
  await bob.next('presence', ({ status }) => status === 'online');
  await alice.submit(anEvent());
  await bob.next('collab_event');
  alice.socket.emit('bye');
  alice.socket.disconnect();
  await bob.next('presence', ({ status }) => status === 'offline');
  await untilQuiet(nodes);

  const said = [...heard];
  expect(said.length).toBeGreaterThanOrEqual(3);
  const frames = bob.frames.length;
  for (const text of said) await wire.publish('collab:user:bob', text);
  await untilAllRead(nodes, [[here, 'bob', bob]]);
  expect(bob.frames.slice(frames)).toEqual([]);
  expect(here.told).toContainEqual(
    expect.objectContaining({ code: 'bus_forged', text: expect.stringContaining('it was said before') }),
  );
  // The node itself may go on.
  await join(elsewhere, 'alice', { friends: ['bob'] });
  await bob.next('presence', ({ status }) => status === 'online');
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
