import { expect, test } from 'vitest';
import { anEvent } from '../relay/rig.ts';
import { describeRelay } from './describe-relay.ts';

const question = (overrides: Record<string, unknown> = {}) => ({
  id: 'q1',
  to: 'bob',
  path: '/api/v1/positions/ideas/berlin',
  token: 'a.peer.token',
  ...overrides,
});

describeRelay('fetches through the relay', ({ startRelay, join, friends }) => {
  test('a question reaches a friend, and the answer whoever asked', async () => {
    const relay = await startRelay({ unavailable_after_ms: 10_000 });
    const { alice, bob } = await friends(relay);
    alice.fetch(question());
    expect(await bob.next('collab_fetch')).toEqual({
      id: 'q1',
      from: 'alice',
      path: '/api/v1/positions/ideas/berlin',
      token: 'a.peer.token',
    });
    bob.answerFetch({ id: 'q1', to: 'alice', status: 200, body: { symbol: 'DAX' } });
    expect(await alice.next('collab_fetch_result')).toEqual({
      id: 'q1',
      from: 'bob',
      status: 200,
      body: { symbol: 'DAX' },
    });
  });

  test('a stranger, somebody absent and somebody unknown look the same, and later', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice', { friends: ['bob', 'dave'] });
    const carol = await join(relay, 'carol', { friends: ['alice'] });
    const dave = await join(relay, 'dave', { friends: [] });
    for (const to of ['bob', 'carol', 'dave', 'zoe', 'alice']) {
      alice.fetch(question({ id: `to-${to}`, to }));
      expect(await alice.next('collab_fetch_result', ({ id }) => id === `to-${to}`)).toEqual({
        id: `to-${to}`,
        from: to,
        code: 'unavailable',
      });
    }
    expect([carol.named('collab_fetch'), dave.named('collab_fetch')]).toEqual([[], []]);
    expect(relay.census().runnable).toMatchObject({ fetches: 0 });
  });

  test('nobody answers in place of a friend', async () => {
    const relay = await startRelay();
    const { alice } = await friends(relay);
    const mallory = await join(relay, 'mallory', { friends: ['alice'] });
    mallory.answerFetch({ id: 'q1', to: 'alice', status: 200, body: {} });
    // Her next frame is answered, so that one has been dealt with.
    expect(await mallory.submit(anEvent({ from_user: 'mallory' }))).toMatchObject({ status: 'accepted' });
    expect(alice.named('collab_fetch_result')).toEqual([]);
  });

  test('what is no question is answered as such, and one answer has a size', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    for (const wrong of [{ path: '/etc/passwd' }, { path: 'http://elsewhere/' }, { token: 'two words' }]) {
      alice.fetch(question(wrong));
      expect(await alice.next('collab_fetch_result')).toEqual({ id: 'q1', from: 'bob', code: 'bad_fetch' });
    }
    alice.fetch('nothing of the kind');
    const big = { notes: 'x'.repeat(52 * 1024) };
    bob.answerFetch({ id: 'q1', to: 'alice', status: 200, body: big });
    bob.answerFetch({ id: 'q2', to: 'alice', status: 404 });
    expect(await alice.next('collab_fetch_result')).toEqual({ id: 'q2', from: 'bob', status: 404 });
    expect(bob.named('collab_fetch')).toEqual([]);
  });

  test('questions cost what events cost', async () => {
    const relay = await startRelay({ limits: { per_pair: { rate: 0.1, burst: 2 } } });
    const { alice, bob } = await friends(relay);
    for (const id of ['q1', 'q2', 'q3']) alice.fetch(question({ id }));
    expect(await alice.next('collab_fetch_result')).toEqual({
      id: 'q3',
      from: 'bob',
      code: 'limited',
      retry_after_ms: expect.any(Number),
    });
    await bob.next('collab_fetch', ({ id }) => id === 'q2');
    expect(bob.named('collab_fetch')).toHaveLength(2);
  });
});
