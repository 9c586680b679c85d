import { expect, test } from 'vitest';
import { friendsOf, startRelay } from './rig.ts';

test("a position that alice shares comes up on bob's page, read-only, with every step told", async () => {
  const relay = await startRelay();
  const [alice, bob] = await friendsOf(relay, 'alice', 'bob');
  const page = await bob.page();
  await alice.create('berlin', { symbol: 'SAP', notes: 'after earnings' });
  await alice.comment('berlin', 'what do you think?');

  const event = await alice.share('berlin', 'bob');
  await bob.step('notified', event, { pages: 1 });
  await alice.settled(event, 'bob');

  const [copy] = await bob.positions();
  expect(copy).toMatchObject({
    id: 'berlin',
    owner_id: 'alice',
    version: 1,
    notes: 'after earnings',
    read_only: true,
  });
  expect(copy).not.toHaveProperty('shared_with');
  expect(await bob.comments('berlin')).toEqual(['alice: what do you think?']);
  expect((await alice.positions())[0]).toMatchObject({ read_only: false, shared_with: ['bob'] });

  await page.frames.next((frame) => frame.type === 'notification');
  const shown = page.frames.all
    .map(({ type }) => type)
    .filter((type) => type !== 'presence' && type !== 'relay');
  expect(shown).toEqual(['hello', 'position_shared', 'position', 'notification']);

  const steps = (told: typeof alice.told) =>
    told.all.flatMap((one) => (one.type === 'step' && one.event === event ? [one.step] : []));
  expect(steps(alice.told).slice(0, 3)).toEqual(['posted', 'saved', 'sent']);
  expect(steps(alice.told)).toContain('settled');
  expect(steps(bob.told).filter((step) => step !== 'acknowledged')).toEqual([
    'received',
    'committed',
    'fetched',
    'stored',
    'notified',
  ]);
  expect(await alice.step('posted', event)).toMatchObject({
    request: 'POST /api/v1/positions/ideas/berlin/share',
    from: 'alice',
    position: 'berlin',
  });
  expect(await bob.step('fetched', event)).toMatchObject({ status: 200, attempt: 1, to: 'bob' });
});

test("the page's own cause follows the event to the other side", async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  const token = await alice.ownerToken();
  await alice.ask(
    'POST',
    '/api/v1/positions/ideas/berlin/share',
    { friend_ids: ['bob'] },
    { authorization: `Bearer ${token}`, 'x-cause': 'click-7' },
  );
  const stored = await bob.told.next((one) => one.type === 'step' && one.step === 'stored');
  expect(stored).toMatchObject({ cause: 'click-7' });
  expect(alice.told.all.find((one) => one.type === 'step' && one.step === 'saved')).toMatchObject({
    cause: 'click-7',
    recipients: ['bob'],
  });
});
