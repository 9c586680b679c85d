import { expect, test } from 'vitest';
import { badClients } from './bad-clients.ts';
import { connectPairs } from './good-pairs.ts';
import { startRelayProcess } from './relay-process.ts';
import { underAttack } from './under-attack.ts';

/** The long version, with figures, is `node test/abuse/main.ts`. */
test('fifty bad clients of every kind: good pairs lose nothing, the relay lives, and bad ones are thrown out', async () => {
  await using relay = await startRelayProcess({
    hello_timeout_ms: 300,
    hammering: 20,
    buffer_bytes: 64 * 1024,
    buffer_soft_bytes: 32 * 1024,
    // Twice what good clients send, and little enough that also a starved relay reads more than that of a flood.
    per_connection: { rate: 20, burst: 100 },
  });
  using pairs = await connectPairs(relay.url, 5);
  // Who only repeats itself or lies about its name within its limits is answered each time, and no more.
  const mustGo = ['garbage', 'oversize', 'half handshake', 'silent socket', 'flood'];
  const deadline = performance.now() + 60_000;
  await underAttack({ url: relay.url, count: 50, paceMs: 50 }, async (soFar) => {
    const stillIn = () => mustGo.filter((kind) => !soFar()[kind]);
    for (let round = 0; round < 3 || (stillIn().length > 0 && performance.now() < deadline); round += 1) {
      expect(await pairs.exchange({ ms: 1000, everyMs: 100 })).toMatchObject({ lost: 0, disconnects: 0 });
    }
    expect(stillIn()).toEqual([]);
    expect(Object.keys(soFar()).toSorted()).toEqual(Object.keys(badClients).toSorted());
  });
  expect(relay.lives()).toBe(true);

  // After all of it the relay is as good as new.
  expect((await pairs.exchange({ ms: 300, everyMs: 50 })).lost).toBe(0);
}, 120_000);
