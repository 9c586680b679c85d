import { expect, test } from 'vitest';
import { anEvent } from '../relay/rig.ts';
import { describeRelay } from './describe-relay.ts';

describeRelay('receipts', ({ startRelay, join, friends }) => {
  test('what is no word does not reach a sender as the code of a refusal', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    await alice.submit(anEvent());
    const refusal = (code: string) => ({ from: 'alice', results: [{ id: 'e1', status: 'refused', code }] });
    bob.acknowledge(refusal('\u001b[2Jdelivered'));
    expect(await bob.next('collab_error')).toMatchObject({ code: 'bad_ack' });
    bob.acknowledge(refusal('no_access'));
    expect(await alice.receipt('e1', 'bob', 'refused')).toMatchObject({ code: 'no_access' });
  });

  test('stranger, unknown and offline look the same to the sender, and are told apart in the journal', async () => {
    const relay = await startRelay({ grace_ms: 0 });
    const to_users = ['stranger', 'onesided', 'offline', 'nobody'];
    const offline = await join(relay, 'offline', { friends: ['alice'] });
    offline.bye();
    offline.leave();
    await join(relay, 'stranger', { friends: ['alice'] });
    await join(relay, 'onesided', { friends: [] });
    const alice = await join(relay, 'alice', { friends: ['onesided', 'offline', 'nobody'] });
    await alice.submit(anEvent({ to_users }));

    for (const to of to_users) {
      expect(await alice.receipt('e1', to, 'unavailable')).toEqual({ id: 'e1', to, stage: 'unavailable' });
    }
    expect(alice.named('collab_receipt')).toHaveLength(1);
    await relay.settled();
    const verdicts = relay.told.flatMap((told) =>
      told.type === 'step' && told.step === 'looked_up' ? [[told.to, told.verdict]] : [],
    );
    expect(Object.fromEntries(verdicts)).toEqual({
      stranger: 'not_friends',
      onesided: 'not_friends',
      // A node does not know who was on another one once.
      offline: relay.nodes === 1 ? 'offline' : 'unknown',
      nobody: 'unknown',
    });
  });

  test('acknowledgements come back as receipts, by a path of friendship only', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice', { friends: ['bob'] });
    const bob = await join(relay, 'bob', { friends: ['alice'], acks: true });
    const mallory = await join(relay, 'mallory', { friends: ['alice'], acks: true });

    mallory.acknowledge({ from: 'alice', results: [{ id: 'e1', status: 'delivered' }] });
    await mallory.submit(anEvent({ from_user: 'mallory' }));
    bob.acknowledge({
      from: 'alice',
      epoch: 'ep',
      upto: 3,
      results: [
        { id: 'e1', status: 'refused', code: 'no_access' },
        { id: 'e2', status: 'delivered' },
      ],
    });
    bob.acknowledge({
      from: 'alice',
      epoch: 'ep',
      results: [{ id: 'e9', status: 'nacked', code: 'gap', want: 4 }],
    });
    expect(await alice.receipt('e1', 'bob', 'refused')).toEqual({
      id: 'e1',
      to: 'bob',
      stage: 'refused',
      code: 'no_access',
      epoch: 'ep',
    });
    expect(await alice.receipt('e2', 'bob', 'delivered')).toMatchObject({ epoch: 'ep', upto: 3 });
    expect(await alice.receipt('e9', 'bob', 'nacked')).toMatchObject({ code: 'gap', want: 4 });
    expect(alice.receipts()).toHaveLength(3);
  });

  test('to somebody who is left only a revoke passes, and its acknowledgement', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    alice.declareFriends({ friends: [], leaving: ['bob'] });
    expect((await alice.submit(anEvent())).status).toBe('accepted');
    await alice.submit(anEvent({ id: 'e2', type: 'share_revoked', data: { position_id: 'p1' } }));
    expect(await bob.next('collab_event')).toMatchObject({ id: 'e2', type: 'share_revoked' });
    expect(await alice.receipt('e1', 'bob', 'unavailable', 'routed')).toMatchObject({ stage: 'unavailable' });
    bob.acknowledge({ from: 'alice', results: [{ id: 'e2', status: 'delivered' }] });
    expect(await alice.receipt('e2', 'bob', 'delivered')).toBeTruthy();
  });

  test('the census adds up on both sides when nothing is in flight', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    await alice.submit(anEvent());
    await bob.next('collab_event');
    bob.acknowledge({ from: 'alice', results: [{ id: 'e1', status: 'delivered' }] });
    await alice.receipt('e1', 'bob', 'delivered');
    await relay.settled();
    const { links, runnable } = relay.census();
    const count = (user: string) => links.find((link) => link.user === user);
    const received = (frames: typeof alice.frames) => frames.filter(({ name }) => name !== 'closed').length;
    expect(count('alice')).toMatchObject({ sent: received(alice.frames), received: 1 });
    expect(count('bob')).toMatchObject({ sent: received(bob.frames), received: 1 });
    expect(runnable).toMatchObject({ receipts: 0, wakes: 0, fetches: 0 });
  });
});
