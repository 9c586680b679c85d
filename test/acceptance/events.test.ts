import { expect, test } from 'vitest';
import { deliveredEvent } from '../../src/protocol/events.ts';
import { anEvent } from '../relay/rig.ts';
import { describeRelay } from './describe-relay.ts';

const briefEvents = {
  position_shared: {
    position_id: 'xyz',
    share_url: 'http://backend-a:8000/api/v1/positions/ideas/xyz',
    shared_at: '2025-10-30T10:00:00Z',
  },
  comment_added: {
    position_id: 'xyz',
    comment: {
      id: 'c1',
      text: 'Great setup!',
      user: { id: 'user_b_id', display_name: 'Jane', avatar: 'a key of ours it is not' },
      created_at: '2025-10-30T10:05:00Z',
    },
  },
  position_updated: { position_id: 'xyz', updates: { tags: ['bullish', 'momentum'], notes: 'Updated' } },
  share_revoked: { position_id: 'xyz', reason: 'unknown keys pass' },
};

describeRelay('events', ({ startRelay, startInsecureRelay, join, friends }) => {
  test.each(Object.entries(briefEvents))('%s reaches its recipient as it was sent', async (type, data) => {
    const relay = await startInsecureRelay();
    const alice = await join(relay, 'user_a_id');
    const bob = await join(relay, 'user_b_id');

    const reply = await alice.submit({ type, from_user: 'user_a_id', to_users: ['user_b_id'], data });
    expect(reply).toEqual({ id: expect.any(String), status: 'accepted' });

    const event = await bob.next('collab_event');
    expect(event).toEqual({
      id: reply.id,
      type,
      from_user: 'user_a_id',
      to_users: ['user_b_id'],
      data,
      sent_at: expect.any(String),
    });
    expect(deliveredEvent.safeParse(event).success).toBe(true);
  });

  test("the brief's other spellings arrive in the canonical one", async () => {
    const relay = await startInsecureRelay();
    const alice = await join(relay, 'alice');
    const bob = await join(relay, 'bob');
    await alice.submit({ type: 'share_revoked', to: ['bob'], data: { position_id: 'p' } });
    await alice.submit({ type: 'share_revoked', from: 'alice', to: 'bob', position_id: 'p', share_id: 's' });
    expect(await bob.next('collab_event')).toMatchObject({ to_users: ['bob'], data: { position_id: 'p' } });
    expect(await bob.next('collab_event')).toMatchObject({
      from_user: 'alice',
      data: { position_id: 'p', share_id: 's' },
    });
  });

  test('each recipient sees itself and its own numbers only', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice', { friends: ['bob', 'carol'] });
    const bob = await join(relay, 'bob', { friends: ['alice'], acks: true });
    const carol = await join(relay, 'carol', { friends: ['alice'] });
    await alice.submit(
      anEvent({
        to_users: ['bob', 'carol', 'bob', 'alice'],
        epoch: 'ep',
        seq: { bob: 12, carol: 3 },
        base: { bob: 10 },
        cause: 'act-1',
        traceparent: 'any "text"',
        sent_at: '2025-10-30T10:00:00Z',
      }),
    );
    const common = {
      ...anEvent(),
      epoch: 'ep',
      cause: 'act-1',
      traceparent: 'any "text"',
      sent_at: '2025-10-30T10:00:00Z',
    };
    expect(await bob.next('collab_event')).toEqual({ ...common, seq: 12, base: 10 });
    expect(await carol.next('collab_event')).toEqual({ ...common, to_users: ['carol'], seq: 3 });
    expect(await alice.receipt('e1', 'bob', 'routed')).toEqual({ id: 'e1', to: 'bob', stage: 'routed' });
    expect(await alice.receipt('e1', 'carol', 'routed')).toEqual({
      id: 'e1',
      to: 'carol',
      stage: 'routed',
      final: true,
    });
    expect(bob.named('collab_event')).toHaveLength(1);
    expect(alice.named('collab_event')).toHaveLength(0);
  });

  test('a user may be called as something that every object has', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice', { friends: ['constructor'] });
    const odd = await join(relay, 'constructor', { friends: ['alice'] });
    await alice.submit(anEvent({ to_users: ['constructor'], epoch: 'ep', seq: {}, base: {} }));
    expect(await odd.next('collab_event')).toEqual({
      ...anEvent(),
      to_users: ['constructor'],
      epoch: 'ep',
      sent_at: expect.any(String),
    });
  });

  test('events of one sender arrive in the order in which they were sent', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    const ids = Array.from({ length: 200 }, (_, index) => `e${index}`);
    for (const id of ids) alice.post(anEvent({ id }));
    await bob.next('collab_event', ({ id }) => id === 'e199');
    expect(bob.named('collab_event').map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ['somebody else in from_user', { from_user: 'mallory' }, 'spoofed'],
    ['nobody but oneself', { to_users: ['alice'] }, 'no_recipients'],
    ['no recipients at all', { to_users: [] }, 'bad_event'],
    ['an unknown type', { type: 'position_sold' }, 'bad_event'],
    ['data that is not of its type', { data: { position_id: 'p1' } }, 'bad_event'],
    ['101 recipients', { to_users: Array.from({ length: 101 }, (_, n) => `u${n}`) }, 'bad_event'],
    ['more than 16 KiB', { data: { position_id: 'p', updates: { notes: 'x'.repeat(17_000) } } }, 'too_big'],
    [
      'too deep',
      { data: { position_id: 'p', updates: JSON.parse('['.repeat(20) + ']'.repeat(20)) } },
      'bad_event',
    ],
  ])('an event with %s is rejected', async (_what, overrides, code) => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    expect(await alice.submit(anEvent(overrides))).toMatchObject({ id: 'e1', status: 'rejected', code });
    await alice.submit(anEvent({ id: 'e2' }));
    await bob.next('collab_event', ({ id }) => id === 'e2');
    expect(bob.named('collab_event')).toHaveLength(1);
  });

  test.each([[null], ['text'], [42], [[]], [{ toString: 1 }]])(
    '%j is not an event, and harms nobody',
    async (junk) => {
      const relay = await startRelay();
      const { alice } = await friends(relay);
      expect(await alice.submit(junk)).toMatchObject({ status: 'rejected', code: 'bad_event' });
      expect(await alice.submit(anEvent())).toMatchObject({ status: 'accepted' });
    },
  );

  test('an event that sets a prototype reaches nobody with one', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    const updates = JSON.parse('{"__proto__":{"admin":true},"notes":"x"}');
    await alice.submit(anEvent({ data: { position_id: 'p1', updates } }));
    const event = await bob.next('collab_event');
    expect(event).not.toHaveProperty('data.updates.admin');
  });

  test('the journal knows every step that the relay took', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice', { friends: ['bob'] });
    await join(relay, 'bob', { friends: ['alice'], backend_url: 'http://localhost:8001' });
    await alice.submit(anEvent({ cause: 'act-1' }));
    await relay.settled();
    const about = { type: 'step', event: 'e1', kind: 'position_updated', from: 'alice', position: 'p1' };
    expect(relay.told.filter(({ type }) => type === 'step')).toEqual([
      { ...about, cause: 'act-1', step: 'accepted', recipients: ['bob'] },
      {
        ...about,
        cause: 'act-1',
        step: 'looked_up',
        to: 'bob',
        verdict: 'deliver',
        backend_url: 'http://localhost:8001',
      },
      { ...about, cause: 'act-1', step: 'routed', to: 'bob' },
    ]);
  });

  test('an event is looked at in the order of size, form, sender, rate and friendship', async () => {
    const relay = await startRelay({ limits: { per_connection: { rate: 1 / 3600, burst: 4 } } });
    const { alice } = await friends(relay);
    const tooBig = { data: { position_id: 'p', updates: { notes: 'x'.repeat(17_000) } } };
    const spoofed = { from_user: 'mallory' };
    const verdicts = [];
    for (const wrongs of [
      { ...tooBig, type: 'position_sold', ...spoofed },
      { type: 'position_sold', ...spoofed },
      { ...spoofed, to_users: ['stranger'] },
      { to_users: ['stranger'] },
      { to_users: ['bob', 'stranger'] },
      { ...spoofed },
    ]) {
      const { status, code } = await alice.submit(anEvent(wrongs));
      verdicts.push(code ?? status);
    }
    // What is not read costs a token, what is spoofed none; the fifth finds one where it needs two.
    expect(verdicts).toEqual(['too_big', 'bad_event', 'spoofed', 'accepted', 'limited', 'spoofed']);
  });
});
