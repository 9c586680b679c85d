import { expect, test } from 'vitest';
import { anEvent, dial, join, startRelay, tokenFor } from './rig.ts';
import { startBus, startNodes, until, untilQuiet } from './two-nodes-rig.ts';

test('a drain is not ready first, lets everybody go one after the other, and lets nobody in', async () => {
  const relay = await startRelay({ drain_ms: 3000 });
  // One at a time: the last one goes seconds after the first.
  const names = Array.from({ length: 30 }, (_, n) => `user-${n}`);
  const users = await Promise.all(
    names.map((name) => join(relay, name, { friends: [] }, { reconnection: false })),
  );
  const closed: string[] = [];
  for (const [index, { socket }] of users.entries()) {
    socket.on('disconnect', (reason) => closed.push(`${names[index]} ${reason}`));
  }
  const ended = relay[Symbol.asyncDispose]();
  await until('the first has gone', () => closed.length > 0);
  expect(closed.length).toBeLessThan(names.length);
  const answer = await fetch(`${relay.url}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([503, { status: 'not-ready' }]);
  // Whoever is still here is served.
  const last = users.at(-1);
  expect(await last?.submit(anEvent({ from_user: names.at(-1) }))).toMatchObject({ status: 'accepted' });
  const late = dial(relay, { auth: { token: await tokenFor('late') }, reconnection: false });
  await ended;
  await until('all have gone', () => closed.length === names.length);
  expect(late.named('ready')).toEqual([]);
  // A stock client takes all of these for a lost network, and would come back.
  expect(closed.map((one) => one.split(' ').slice(1).join(' '))).toEqual(names.map(() => 'transport close'));
  for (const user of users)
    expect(user.named('server_draining')).toEqual([{ reconnect_in_ms: expect.any(Number) }]);
});

test('friends on other nodes see no flicker of who comes back elsewhere, and miss who does not', async (context) => {
  const bus = await startBus('memory', context);
  const [a, b, c] = await startNodes(bus, 3, { grace_ms: 500 });
  if (!a || !b || !c) throw new Error('three are needed');
  const alice = await join(a, 'alice', { friends: ['bob', 'carol'] });
  await join(b, 'bob', { friends: ['alice'] }, { reconnection: false });
  await join(b, 'carol', { friends: ['alice'] }, { reconnection: false });
  await untilQuiet([a, b, c]);
  await b[Symbol.asyncDispose]();
  await join(c, 'bob', { friends: ['alice'] });
  expect(await alice.next('presence', ({ status }) => status === 'offline')).toMatchObject({
    user_id: 'carol',
  });
  expect(
    alice
      .named('presence')
      .map(({ user_id, status }) => `${user_id} ${status}`)
      .sort(),
  ).toEqual(['bob online', 'carol offline', 'carol online']);
});
