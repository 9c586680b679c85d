import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { budgetAddress } from '../../src/http/address-of.ts';
import { dial, join, startInsecureRelay, startRelay, tokenFor } from '../relay/rig.ts';

/** A bare connection from an address of this machine; all of 127.0.0.0/8 are. */
async function knock(port: number, localAddress: string, said = '') {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  socket.write(said);
  return { socket, closed };
}

test('one address has only so much room, and the others keep theirs', async () => {
  const relay = await startRelay({ limits: { connections_per_address: 3 } });
  const held = await Promise.all([1, 2, 3].map(() => knock(relay.port, '127.0.0.9')));
  await (await knock(relay.port, '127.0.0.9')).closed;
  await join(relay, 'alice');

  // Who goes makes room.
  held[0]?.socket.destroy();
  await held[0]?.closed;
  await expect
    .poll(
      async () => {
        const { socket, closed } = await knock(relay.port, '127.0.0.9', 'GET /healthz HTTP/1.0\r\n\r\n');
        const [answer] = await Promise.race([once(socket, 'data'), closed]);
        return String(answer);
      },
      { timeout: 10_000 },
    )
    .toContain('200 OK');
});

test('behind a proxy of ours the address is the one that the proxy appended', async () => {
  const limits = { connections_per_address: 1, rest_per_address: { rate: 0.001, burst: 1 } };
  const relay = await startInsecureRelay({ behind_proxy: true, limits });
  const from = (user: string, forwarded: string) =>
    dial(relay, {
      auth: { user_id: user },
      reconnection: false,
      extraHeaders: { 'x-forwarded-for': forwarded },
    });
  await from('alice', '203.0.113.1').next('ready');
  await from('bob', '203.0.113.2').next('ready');
  // What a client puts in front is its own word.
  await from('carol', '198.51.100.7, 203.0.113.1').next('connect_error');

  const online = async (forwarded: string) =>
    (await fetch(`${relay.url}/api/users/online`, { headers: { 'x-forwarded-for': forwarded } })).status;
  expect(await online('203.0.113.1')).toBe(200);
  expect(await online('9.9.9.9, 203.0.113.1')).toBe(429);
  expect(await online('203.0.113.2')).toBe(200);
});

test('without a proxy nobody says from where they come', async () => {
  const relay = await startInsecureRelay({ limits: { rest_per_address: { rate: 0.001, burst: 1 } } });
  const online = async (forwarded: string) =>
    (await fetch(`${relay.url}/api/users/online`, { headers: { 'x-forwarded-for': forwarded } })).status;
  expect(await online('203.0.113.1')).toBe(200);
  expect(await online('203.0.113.2')).toBe(429);
});

test.each([
  ['nothing at all', ''],
  ['half a request', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: '],
  ['half an upgrade', 'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nConnection: Upgrade\r\n'],
])('who connects and says %s is closed', async (_what, said) => {
  const relay = await startRelay({ limits: { hello_timeout_ms: 1000 } });
  const alice = await join(relay, 'alice');
  const { closed, socket } = await knock(relay.port, '127.0.0.1', said);
  socket.resume();
  await closed;
  expect(alice.named('disconnect')).toEqual([]);
  await join(relay, 'bob', { token: await tokenFor('bob') });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s is counted as %s', (address, counted) => {
  expect(budgetAddress(address)).toBe(counted);
});
