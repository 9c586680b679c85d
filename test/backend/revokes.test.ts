import { expect, test } from 'vitest';
import { aliceBehindAGate } from './behind-a-gate.ts';
import { aPosition, compared, friendsOf, startRelay, startUser } from './rig.ts';

test('a revoke takes the copy with its comments away', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  const page = await bob.page();
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await bob.settled(await bob.comment('berlin', 'nice'), 'alice');

  const revoked = await alice.revoke('berlin', 'bob');
  await bob.step('notified', revoked);
  expect(await bob.positions()).toEqual([]);
  expect(await bob.ask('GET', '/api/v1/positions/ideas/berlin/comments')).toMatchObject({ status: 404 });
  expect((await alice.positions())[0]?.shared_with).toEqual([]);
  expect(await alice.comments('berlin')).toEqual(['bob: nice']);
  await page.frames.next((frame) => frame.type === 'position_removed' && frame.position_id === 'berlin');

  // And a new grant brings it back.
  await bob.step('stored', await alice.share('berlin', 'bob'));
  expect(await bob.comments('berlin')).toEqual(['bob: nice']);
});

test('a revoke that overtakes a slow fetch wins', async () => {
  const { gate, alice, bob } = await aliceBehindAGate();
  await compared(alice, bob);
  gate.shut();

  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await gate.requests.next((path) => path.endsWith('/berlin'));
  expect(bob.backend.census().runnable).toMatchObject({ fetch_jobs: 1 });
  const revoked = await alice.revoke('berlin', 'bob');
  await bob.step('notified', revoked);
  gate.open();
  await bob.step('fetched', shared, { status: 200 });

  expect(await bob.positions()).toEqual([]);
  expect(bob.told.all.some((one) => one.type === 'step' && one.step === 'stored')).toBe(false);
  expect(bob.backend.census().runnable).toMatchObject({ fetch_jobs: 0 });
});

test('the slow answer to an older grant does not fill a newer one', async () => {
  const { gate, alice, bob } = await aliceBehindAGate();
  await compared(alice, bob);
  gate.shut();
  gate.answerWith(() => Response.json(aPosition('berlin', 'alice', { notes: 'of the first grant' })));
  await alice.create('berlin', { notes: 'of the second grant' });
  const first = await alice.share('berlin', 'bob');
  await gate.requests.next((path) => path.endsWith('/berlin'));
  gate.answerWith(undefined);
  await alice.revoke('berlin', 'bob');
  const second = await alice.share('berlin', 'bob');
  await bob.step('committed', second);
  gate.open();
  await bob.step('fetched', first);
  await bob.step('stored', second);
  expect(await bob.positions()).toMatchObject([{ notes: 'of the second grant' }]);
  expect(bob.told.all.filter((one) => one.type === 'step' && one.step === 'stored')).toHaveLength(1);
});

test('what bob has not been sent is not sent any more, and the revoke of what he never saw is fine with him', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['bob'] });
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  const revoked = await alice.revoke('berlin', 'bob');
  const bob = await startUser('bob', { relay, friends: ['alice'] });
  expect(await alice.settled(revoked, 'bob')).toBe('delivered');
  const { records } = await bob.inbox();
  expect(records.map(({ event }) => event.id)).toEqual([revoked]);
  expect((await alice.outbox(shared)).entries.every(({ settled }) => settled)).toBe(true);
  expect(await bob.positions()).toEqual([]);
});

test('who shares with nobody revokes nothing', async () => {
  const alice = await startUser('alice', { relay: await startRelay() });
  await alice.create('berlin');
  const answer = await alice.ask('DELETE', '/api/v1/positions/ideas/berlin/share/bob');
  expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
