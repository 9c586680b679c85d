import { expect, test } from 'vitest';
import { friendsOf, startRelay, startUser } from './rig.ts';

test("bob's comment reaches alice and, through her, carol, who does not know him", async () => {
  const relay = await startRelay();
  const [alice, bob, carol] = await Promise.all([
    startUser('alice', { relay, friends: ['bob', 'carol'] }),
    startUser('bob', { relay, friends: ['alice'] }),
    startUser('carol', { relay, friends: ['alice'] }),
  ]);
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob', 'carol');
  await Promise.all([bob.step('stored', shared), carol.step('stored', shared)]);

  const event = await bob.comment('berlin', 'great setup!');
  expect(await bob.settled(event, 'alice')).toBe('delivered');
  const forwarded = await alice.told.next(
    (one) => one.type === 'step' && one.step === 'saved' && one.kind === 'comment_added',
  );
  expect(forwarded).toMatchObject({ recipients: ['carol'] });
  await carol.told.next(
    (one) => one.type === 'step' && one.step === 'notified' && one.kind === 'comment_added',
  );

  for (const reader of [alice, bob, carol]) {
    expect(await reader.comments('berlin')).toEqual(['bob: great setup!']);
  }
  expect((await carol.notifications())[0]).toMatchObject({
    kind: 'comment_added',
    from_user: 'bob',
    position_id: 'berlin',
    text: 'Bob commented on SAP: great setup!',
  });
  // bob wrote it: nobody brings it back to him.
  expect((await bob.inbox()).records.map(({ event: { type } }) => type)).toEqual(['position_shared']);
});

test("alice's comment reaches every reader", async () => {
  const [alice, bob, carol] = await friendsOf(await startRelay(), 'alice', 'bob', 'carol');
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob', 'carol');
  await Promise.all([bob.step('stored', shared), carol.step('stored', shared)]);
  const event = await alice.comment('berlin', 'sold half');
  await Promise.all([bob.step('notified', event), carol.step('notified', event)]);
  expect(await bob.comments('berlin')).toEqual(['alice: sold half']);
  expect(await carol.comments('berlin')).toEqual(['alice: sold half']);
});

test('a new reader finds the thread in its order', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  for (const text of ['one', 'two', 'three']) await alice.comment('berlin', text);
  const shared = await alice.share('berlin', 'bob');
  const comment = await alice.comment('berlin', 'four');
  await Promise.all([bob.step('stored', shared), bob.step('notified', comment)]);
  expect(await bob.comments('berlin')).toEqual(['alice: one', 'alice: two', 'alice: three', 'alice: four']);
});

test('the same comment posted twice is one; its id for another text is a conflict', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  await alice.share('berlin', 'bob');
  const first = await alice.comment('berlin', 'hello', 'c1');
  expect(await alice.comment('berlin', 'hello', 'c1')).toBe(first);
  const path = '/api/v1/positions/ideas/berlin/comments';
  expect(await alice.ask('POST', path, { id: 'c1', text: 'other' })).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  });
  await bob.step('notified', first);
  expect(await alice.comments('berlin')).toEqual(['alice: hello']);
});

test('a comment that alice refuses leaves the thread again, and its author reads why', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  const page = await bob.page();
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const taken = await alice.comment('berlin', 'mine', 'c1');
  await bob.step('notified', taken);

  // bob's own backend would not send these: a hostile one could.
  const raw = (id: string, author: string, position = 'berlin') =>
    bob.backend.emit({
      id,
      type: 'comment_added',
      to_users: ['alice'],
      data: {
        position_id: position,
        comment: {
          id: id.replace('event', 'c'),
          text: 'forged',
          user: { id: author, display_name: 'Someone' },
          created_at: '2026-01-01T00:00:00.000Z',
        },
      },
    });
  await raw('event2', 'carol');
  await raw('event1', 'bob');
  await raw('event3', 'bob', 'unknown');
  await alice.told.next((one) => one.type === 'step' && one.step === 'committed' && one.event === 'event3');
  const { records } = await alice.inbox();
  expect(records.map(({ event, outcome, code }) => [event.id, outcome, code])).toEqual([
    ['event2', 'refused', 'not_author'],
    ['event1', 'refused', 'id_taken'],
    ['event3', 'refused', 'no_access'],
  ]);
  expect(await alice.comments('berlin')).toEqual(['alice: mine']);
  expect(page.frames.all.filter(({ type }) => type === 'notification')).toHaveLength(2);
});

test('a comment that was under way while its position was revoked and granted anew is not missing at its author', async () => {
  // Of three comments in a row the last one waits at the limit, and what alice does meanwhile overtakes it.
  const [alice, bob] = await friendsOf(
    await startRelay(0, { per_pair: { rate: 1, burst: 3 } }),
    'alice',
    'bob',
  );
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  for (const text of ['one', 'two', 'three']) await bob.comment('berlin', text);
  const late = await bob.comment('berlin', 'four');
  await bob.step('notified', await alice.revoke('berlin', 'bob'));
  await bob.step('stored', await alice.share('berlin', 'bob'));
  expect(await bob.comments('berlin')).not.toContain('bob: four');

  expect(await bob.settled(late, 'alice')).toBe('delivered');
  expect(await alice.comments('berlin')).toContain('bob: four');
  expect(await bob.comments('berlin')).toEqual(await alice.comments('berlin'));
});
