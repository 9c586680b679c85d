import { expect, test } from 'vitest';
import { anEvent, tokenFor } from '../relay/rig.ts';
import type { Client } from './client.ts';
import { describeRelay, type RelayUnderTest } from './describe-relay.ts';
import { expectClosed } from './expect-closed.ts';

const unsigned = (sub: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub, aud: 'collab-relay', exp: 9_999_999_999 })}.`;
};

const big = { position_id: 'p', updates: { notes: 'x'.repeat(15_000) } };

/** What the relay thought about bob for the newest event. */
const verdictOnBob = ({ told }: RelayUnderTest) =>
  told.findLast((one) => one.type === 'step' && one.step === 'looked_up' && one.to === 'bob');

/** Sends until something has come of it; answers the id of the last event. */
async function sendUntil(alice: Client, done: () => boolean): Promise<string> {
  for (let sent = 1; ; sent += 1) {
    await alice.submit(anEvent({ id: `e${sent}`, data: big }));
    if (done()) return `e${sent}`;
    expect(sent).toBeLessThan(900);
  }
}

describeRelay('connections', ({ face, startRelay, dial, join, friends }) => {
  test('a user is greeted with its connection, the run and the end of its token', async () => {
    const relay = await startRelay({ run_id: 'run-1' });
    const alice = dial(relay, 'alice', { token: await tokenFor('alice') });
    expect(await alice.next('ready')).toEqual({
      user_id: 'alice',
      conn_id: expect.any(String),
      run_id: 'run-1',
      server_time: expect.any(String),
      token_expires_at: expect.any(String),
    });
  });

  test.each([
    ['no token', async () => ({}), 'bad_token'],
    ['nonsense for a token', async () => ({ token: 'jwt_token' }), 'bad_token'],
    ['a token without a signature', async () => ({ token: unsigned('alice') }), 'bad_token'],
    ["a backend's token", async () => ({ token: await tokenFor('alice', { audience: 'x' }) }), 'bad_token'],
    ["somebody else's token", async () => ({ token: await tokenFor('bob') }), 'forbidden'],
    ["somebody else's name", async () => ({ token: await tokenFor('alice'), user_id: 'bob' }), 'forbidden'],
    ['a handshake of the wrong form', async () => ({ friends: 1 }), 'protocol'],
  ] as const)('with %s somebody is refused for good', async (_what, hello, word) => {
    const relay = await startRelay();
    const client = dial(relay, 'alice', await hello());
    await expectClosed(face, client, word);
    expect(client.frames.map(({ name }) => name)).toEqual(['collab_error', 'closed']);
    expect(relay.told).toContainEqual(expect.objectContaining({ code: word }));
  });

  test('who comes with an expired token is told, and comes back with a new one', async () => {
    const relay = await startRelay();
    const tokens = [await tokenFor('alice', { expiresInS: -60 }), await tokenFor('alice')];
    const alice = dial(relay, 'alice', () => ({ token: tokens.shift() }));
    await expectClosed(face, alice, 'token_expired');
    await alice.next('ready');
  });

  test('a token that expires ends the connection, unless it was refreshed', async () => {
    const relay = await startRelay();
    const short = (user: string) => tokenFor(user, { expiresInS: 6 });
    const alice = await join(relay, 'alice', { friends: ['bob'], token: await short('alice') });
    const tokens = [await short('bob'), await tokenFor('bob')];
    const bob = dial(relay, 'bob', () => ({ token: tokens.shift() }));
    await bob.next('ready');

    const refresh = async (user: string) => alice.refresh(await tokenFor(user));
    expect(await refresh('mallory')).toEqual({ ok: false, code: 'forbidden' });
    expect(await alice.refresh('x')).toEqual({
      ok: false,
      code: 'bad_token',
    });
    expect(await refresh('alice')).toEqual({ ok: true, expires_at: expect.any(String) });

    expect(await bob.next('collab_error')).toMatchObject({ code: 'token_expiring', retryable: true });
    await expectClosed(face, bob, 'token_expired');
    await bob.next('ready');
    expect(await alice.submit(anEvent())).toMatchObject({ status: 'accepted' });
    expect(alice.named('closed')).toEqual([]);
  });

  test('the same user twice: the newest wins, and the two do not fight', async () => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    const newer = await join(relay, 'bob', { friends: ['alice'] });
    await expectClosed(face, bob, 'replaced');

    await alice.submit(anEvent());
    await newer.next('collab_event');
    expect(bob.named('collab_event')).toEqual([]);
    expect(alice.named('presence').map(({ status }) => status)).toEqual(['online']);
    expect(
      relay
        .census()
        .links.map(({ user }) => user)
        .sort(),
    ).toEqual(['alice', 'bob']);
  });

  test('of one running copy a late older connection does not replace the newer one', async () => {
    const relay = await startRelay();
    const current = await join(relay, 'bob', { instance: 'copy-1', attempt: 2 });
    const late = dial(relay, 'bob', { token: await tokenFor('bob'), instance: 'copy-1', attempt: 1 });
    await expectClosed(face, late, 'replaced');
    expect(late.named('ready')).toEqual([]);
    expect(current.named('closed')).toEqual([]);
    await join(relay, 'bob', { instance: 'copy-1', attempt: 3 });
    await expectClosed(face, current, 'replaced');
  });

  test('a full relay sends away for now, and lets in when there is room', async () => {
    const relay = await startRelay({ limits: { connections: 1 } });
    const alice = await join(relay, 'alice');
    for (let other = 1; other < relay.nodes; other += 1) await join(relay, `other-${other}`);
    const bob = dial(relay, 'bob', { token: await tokenFor('bob') });
    await expectClosed(face, bob, 'full');
    alice.leave();
    await bob.next('ready');
  });

  test('a frame over the size limit ends the connection for now only', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice');
    alice.post(anEvent({ data: { notes: 'x'.repeat(70_000) } }));
    await alice.next('closed');
    await alice.next('ready');
  });

  test('a recipient that does not read is slow, which only its sender notices, and wakes it when it has caught up', async () => {
    const relay = await startRelay({ limits: { buffer_soft_bytes: 64 * 1024, buffer_bytes: 1024 * 1024 } });
    const alice = await join(relay, 'alice', { friends: ['bob', 'carol'] });
    const carol = await join(relay, 'carol', { friends: ['alice'] });
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    bob.pause();
    const slow = () => JSON.stringify(verdictOnBob(relay)).includes('"slow"');
    const id = await sendUntil(alice, slow);
    expect(await alice.receipt(id, 'bob', 'unavailable')).not.toHaveProperty('code');
    await alice.submit(anEvent({ id: 'to-carol', to_users: ['carol'] }));
    await carol.next('collab_event');

    const woken = alice.named('wake').length;
    bob.resume();
    await alice.next('wake', ({ user_id }) => user_id === 'bob' && alice.named('wake').length > woken);
  });

  test('a token is warned about as long before its end as is set, and each once', async () => {
    const relay = await startRelay({ token_warning_ms: 59_500 });
    const untilWarned = async (expiresAt: unknown): Promise<void> => {
      await alice.next('collab_error', ({ code }) => code === 'token_expiring');
      // A timer may fire a fraction of a millisecond early.
      expect(Date.parse(String(expiresAt)) - Date.now()).toBeLessThanOrEqual(59_501);
    };
    const alice = await join(relay, 'alice', { token: await tokenFor('alice', { expiresInS: 61 }) });
    await untilWarned(alice.named('ready')[0]?.token_expires_at);
    const refreshed = await alice.refresh(await tokenFor('alice', { expiresInS: 62 }));
    expect(refreshed).toMatchObject({ ok: true });
    await untilWarned('expires_at' in refreshed && refreshed.expires_at);
    expect(alice.named('collab_error')).toHaveLength(2);
  });

  test('past the hard limit a recipient that does not read is cut off', async () => {
    const relay = await startRelay({ limits: { buffer_soft_bytes: 1_000_000, buffer_bytes: 64 * 1024 } });
    const alice = await join(relay, 'alice', { friends: ['bob'] });
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    bob.pause();
    await sendUntil(alice, () => !relay.census().links.some(({ user }) => user === 'bob'));
    expect(relay.told).toContainEqual(
      expect.objectContaining({
        type: 'connection',
        user: 'bob',
        state: 'disconnected',
        code: 'slow_consumer',
      }),
    );
    // The network tells who does not read that nobody is there any more, long before a WebSocket would give up.
    const ended = () => {
      bob.post('anybody there?');
      return bob.named('closed').length;
    };
    await expect.poll(ended, { timeout: 25_000, interval: 100 }).toBe(1);
  });

  test('a relay that closes says so, and its clients would come back', async () => {
    const relay = await startRelay();
    const alice = await join(relay, 'alice');
    await relay.close();
    expect(await alice.next('server_draining')).toEqual({ reconnect_in_ms: expect.any(Number) });
    await expectClosed(face, alice, 'draining');
  });

  test('who answers no ping is gone, without a word', async () => {
    const relay = await startRelay({ limits: { ping_interval_ms: 600, ping_timeout_ms: 600 } });
    const bob = await join(relay, 'bob');
    bob.pause();
    const gone = expect.objectContaining({ type: 'connection', state: 'disconnected', code: 'ping timeout' });
    await expect.poll(() => relay.told, { timeout: 20_000 }).toContainEqual(gone);
    bob.resume();
    expect(await bob.next('closed')).toMatchObject({ comesBack: true });
    await bob.next('ready', ({ conn_id }) => conn_id !== bob.named('ready')[0]?.conn_id);
  });
});
