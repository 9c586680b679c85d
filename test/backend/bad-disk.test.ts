import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { startRelay, startUser } from './rig.ts';

test('an act that the disk has no room for is refused, changes nothing, and can be done later', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['bob'] });
  await alice.create('berlin');
  {
    using other = new DatabaseSync(join(alice.folder, 'backend.sqlite'));
    other.exec('begin immediate');
    const path = '/api/v1/positions/ideas/berlin';
    expect(await alice.ask('PATCH', path, { notes: 'two' })).toMatchObject({
      status: 503,
      body: { code: 'unavailable', retry_after_ms: 1000 },
    });
    // A friend comes while nothing can be written: nobody falls over it.
    await startUser('bob', { relay, friends: ['alice'] });
    await alice.told.next((one) => one.type === 'note' && one.code === 'presence_not_written');
    other.exec('rollback');
  }
  expect(await alice.positions()).toMatchObject([{ version: 1, notes: '' }]);
  await alice.update('berlin', { notes: 'two' });
  expect(await alice.positions()).toMatchObject([{ version: 2, notes: 'two' }]);
});

test('alice reads that bob could not be reached in time, and what that was about', async () => {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['bob'], config: { outbox_age_ms: 200 } });
  const page = await alice.page();
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob');
  const frame = await page.frames.next((one) => one.type === 'notification');
  expect(frame).toMatchObject({
    notification: { kind: 'expired', code: 'age', from_user: 'bob', position_id: 'berlin', event_id: shared },
  });
  expect((await alice.outbox(shared)).entries).toMatchObject([{ stage: 'expired', settled: true }]);
});
