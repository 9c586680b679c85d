import { expect, test } from 'vitest';
import { anEvent, dial, friends, join, startInsecureRelay, startRelay } from './rig.ts';

test("the brief's two halves meet: identity in auth (its Python client) and in the query (its server)", async () => {
  const relay = await startInsecureRelay();
  const python = dial(relay, { auth: { user_id: 'user_a', backend_url: 'http://localhost:8000' } });
  const query = dial(relay, { query: { user_id: 'user_b', backend_url: 'http://localhost:8001' } });
  await Promise.all([python.next('ready'), query.next('ready')]);

  python.socket.emit('collab_event', {
    type: 'position_updated',
    from_user: 'user_a',
    to_users: ['user_b'],
    data: { position_id: 'xyz', updates: { notes: 'Updated' } },
  });
  expect(await query.next('collab_event')).toMatchObject({ from_user: 'user_a' });
  expect(await query.next('presence')).toMatchObject({ backend_url: 'http://localhost:8000' });
});

test('long polling works as well as WebSocket', async () => {
  const relay = await startInsecureRelay();
  const alice = await join(relay, 'alice', {}, { transports: ['polling'] });
  const bob = await join(relay, 'bob', {}, { transports: ['polling', 'websocket'] });
  await alice.submit(anEvent());
  expect(await bob.next('collab_event')).toMatchObject({ id: 'e1' });
});

test('binary attachments, which Socket.IO lets through, are no part of an event', async () => {
  const relay = await startRelay();
  const { alice } = await friends(relay);
  const event = anEvent({ data: { position_id: 'p', updates: { x: Buffer.from('x') } } });
  expect(await alice.submit(event)).toMatchObject({ id: 'e1', status: 'rejected', code: 'bad_event' });
});
