import { expect, test } from 'vitest';
import { createAuthority } from '../../src/stack/tls/certificate.ts';
import { startRedis } from './redis-rig.ts';
import { anEvent, join, startRelay } from './rig.ts';
import { startNodes, untilNotReady, untilQuiet } from './two-nodes-rig.ts';

/** What README says is enough. */
const user = { name: 'relay', rights: '+@connection +@pubsub +info +time &collab:*' };

test('nodes meet on a Redis with TLS, as a user with few rights', async (context) => {
  const { url, ca } = await startRedis(context, { tls: true, user });
  expect(url).toMatch(/^rediss:\/\/relay:/);
  const nodes = await startNodes({ settings: { redis: { url, ca } }, options: {} }, 2);
  const [here, there] = nodes;
  if (!here || !there) throw new Error('two are needed');
  const alice = await join(here, 'alice', { friends: ['bob'] });
  const bob = await join(there, 'bob', { friends: ['alice'] });
  await untilQuiet(nodes);
  await alice.submit(anEvent());
  expect(await bob.next('collab_event')).toMatchObject({ id: 'e1', from_user: 'alice' });
});

test.for(['nobody', 'somebody else'])(
  'a Redis for which %s vouches is not spoken to',
  async (who, context) => {
    const redis = await startRedis(context, { tls: true, user });
    const ca = who === 'nobody' ? undefined : createAuthority('other').cert;
    const relay = await startRelay({ redis: { url: redis.url, ca } });
    await untilNotReady(relay);
    await expect
      .poll(() => relay.told, { timeout: 20_000 })
      .toContainEqual(
        expect.objectContaining({ code: 'bus_down', text: expect.stringMatching(/certificate/) }),
      );
    expect(JSON.stringify(relay.told)).not.toContain('only%20this');
  },
);
