import { expect, test } from 'vitest';
import { aliceBehindAGate } from './behind-a-gate.ts';
import { friendsOf, startRelay } from './rig.ts';

test("an update reaches bob's copy and his page", async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  const page = await bob.page();
  await alice.create('berlin', { tags: ['bullish'] });
  await bob.step('stored', await alice.share('berlin', 'bob'));

  const event = await alice.update('berlin', { notes: 'rolled', tags: ['bearish', 'hedged'] });
  await bob.step('notified', event);
  expect(await bob.positions()).toMatchObject([
    { version: 2, notes: 'rolled', tags: ['bearish', 'hedged'], symbol: 'SAP', read_only: true },
  ]);
  const frame = await page.frames.next(
    (one): one is Extract<typeof one, { type: 'position' }> =>
      one.type === 'position' && one.position.version === 2,
  );
  expect(frame.position.notes).toBe('rolled');
});

test('an update while the position is still being fetched is not lost', async () => {
  const { gate, alice, bob } = await aliceBehindAGate();
  gate.shut();
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  await gate.requests.next((path) => path.endsWith('/berlin'));
  const updated = await alice.update('berlin', { notes: 'later' });
  await bob.step('committed', updated);
  gate.open();
  await bob.step('stored', shared);
  expect(await bob.positions()).toMatchObject([{ version: 2, notes: 'later' }]);
});

test('a gap is closed by fetching, and what is not newer changes nothing', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await bob.step('notified', await alice.update('berlin', { notes: 'two' }));
  const raw = (id: string, data: Record<string, unknown>) =>
    alice.backend.emit({
      id,
      type: 'position_updated',
      to_users: ['bob'],
      data: { position_id: 'berlin', ...data },
    });

  await raw('old', { version: 2, updates: { notes: 'older' } });
  await bob.step('notified', 'old');
  expect(await bob.positions()).toMatchObject([{ version: 2, notes: 'two' }]);

  await raw('nonsense', { version: 3, updates: { quantity: 'many' } });
  await bob.step('committed', 'nonsense');
  expect((await bob.inbox()).records.at(-1)).toMatchObject({ outcome: 'quarantined', code: 'bad_updates' });

  await raw('gap', { version: 4, updates: { notes: 'four' } });
  // alice has only version 2: bob asks until he believes her.
  await bob.step('stored', 'gap');
  expect(await bob.positions()).toMatchObject([{ version: 2, notes: 'two' }]);
});

test('a change that is too big for an event is fetched', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const notes = '\u0001'.repeat(4000);
  const event = await alice.update('berlin', { notes });
  await bob.step('stored', event);
  expect(await bob.positions()).toMatchObject([{ version: 2, notes }]);
});

test('only the owner updates and revokes', async () => {
  const relay = await startRelay();
  const [alice, bob, carol] = await friendsOf(relay, 'alice', 'bob', 'carol');
  await alice.create('berlin');
  await bob.create('rome');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  await carol.backend.emit({
    id: 'forged1',
    type: 'position_updated',
    to_users: ['bob'],
    data: { position_id: 'berlin', version: 2, updates: { notes: 'mine' } },
  });
  for (const position of ['berlin', 'rome']) {
    await carol.backend.emit({
      id: `forged-${position}`,
      type: 'share_revoked',
      to_users: ['bob'],
      data: { position_id: position },
    });
  }
  await bob.step('committed', 'forged-rome');
  expect((await bob.inbox()).records.slice(1).map(({ outcome, code }) => [outcome, code])).toEqual([
    ['refused', 'not_owner'],
    ['refused', 'not_owner'],
    ['refused', 'not_owner'],
  ]);
  expect((await bob.positions()).map(({ id, notes }) => [id, notes])).toEqual([
    ['rome', ''],
    ['berlin', ''],
  ]);
});
