import { expect, test } from 'vitest';
import { relayRoutes } from '../../src/protocol/relay-rest.ts';
import { MemoryBus } from '../../src/relay/bus/memory-bus.ts';
import { plainFace } from '../acceptance/plain-client.ts';
import { samplesOf } from '../http/samples.ts';
import { anEvent, dial, friends, join, startRelay, tokenFor } from './rig.ts';
import { startNodes, untilQuiet } from './two-nodes-rig.ts';

const adminToken = 'an-admin-token-of-more-than-32-characters';

async function scrape(url: string, token?: string): Promise<Map<string, number>> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/metrics`, { headers });
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return samplesOf(await answer.text());
}

test('metrics count what happened, and name no user', async () => {
  const relay = await startRelay();
  const { alice, bob } = await friends(relay);
  await alice.submit(anEvent());
  await bob.next('collab_event');
  bob.socket.emit('collab_ack', { from: 'alice', results: [{ id: 'e1', status: 'delivered' }] });
  await alice.receipt('e1', 'bob', 'delivered');
  await alice.submit(anEvent({ id: 'e2', to_users: ['nobody'] }));
  await alice.receipt('e2', 'nobody', 'unavailable');
  await alice.submit(anEvent({ id: 'e3', from_user: 'bob' }));
  bob.socket.disconnect();
  await alice.next('presence', ({ status }) => status === 'offline');

  const samples = await scrape(relay.url);
  expect(Object.fromEntries(samples)).toMatchObject({
    'collab_relay_connections{transport="socket.io"}': 1,
    'collab_relay_connections{transport="websocket"}': 0,
    collab_relay_users_online: 1,
    'collab_relay_connections_opened_total{transport="socket.io"}': 2,
    'collab_relay_events_received_total{type="position_updated"}': 3,
    'collab_relay_events_routed_total{type="position_updated",path="local"}': 1,
    collab_relay_events_unavailable_total: 1,
    collab_relay_events_rejected_total: 1,
    'collab_relay_receipts_total{stage="routed"}': 1,
    'collab_relay_receipts_total{stage="delivered"}': 1,
    'collab_relay_acks_total{result="delivered"}': 1,
    'collab_relay_presence_transitions_total{to="online"}': 2,
    'collab_relay_presence_transitions_total{to="offline"}': 1,
    collab_relay_route_duration_seconds_count: 2,
    'collab_relay_route_duration_seconds_bucket{le="+Inf"}': 2,
    collab_relay_event_size_bytes_count: 2,
    collab_relay_auth_failures_total: 0,
    collab_relay_draining: 0,
  });
  expect(samples.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(0);
  expect([...samples.keys()].join('\n')).not.toMatch(/alice|bob|nobody/);
});

test('why things were refused is shown to the admin alone', async () => {
  const relay = await startRelay({ admin_token: adminToken });
  const alice = await join(relay, 'alice', { friends: [] });
  await alice.submit(anEvent());
  await alice.submit(anEvent({ from_user: 'bob' }));
  const samples = await scrape(relay.url, adminToken);
  expect(Object.fromEntries(samples)).toMatchObject({
    'collab_relay_events_unavailable_total{reason="unknown"}': 1,
  });
  expect(samples.get('collab_relay_events_rejected_total{code="spoofed"}')).toBe(1);
  expect([...(await scrape(relay.url)).keys()].join('\n')).not.toMatch(/unknown|spoofed/);
  for (const token of ['wrong', adminToken.slice(1)]) {
    const refused = await fetch(`${relay.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect(refused.status).toBe(401);
  }
});

test('pings are timed on both faces, and tokens that are not taken are counted', async () => {
  const limits = { ping_interval_ms: 1000, ping_timeout_ms: 900 };
  const relay = await startRelay({ admin_token: adminToken, limits });
  await join(relay, 'alice', { friends: [] });
  const token = await tokenFor('bob');
  await plainFace.dial(relay.url, 'bob', () => ({ token })).next('ready');
  await dial(relay, { auth: { token: 'nonsense' } }).next('connect_error');
  const look = async () => Object.fromEntries(await scrape(relay.url, adminToken));
  expect(await look()).toMatchObject({ 'collab_relay_auth_failures_total{reason="bad_token"}': 1 });
  for (const transport of ['socket.io', 'websocket']) {
    const name = `collab_relay_ping_rtt_seconds_count{transport="${transport}"}`;
    await expect.poll(async () => (await look())[name], { timeout: 20_000 }).toBeGreaterThan(0);
  }
});

test('how the bus does is shown to the admin alone', async () => {
  const bus = new MemoryBus();
  const nodes = await startNodes({ settings: { admin_token: adminToken }, options: { bus: bus.open } }, 2);
  const [one, other] = nodes;
  if (!one || !other) throw new Error('two are needed');
  const alice = await join(one, 'alice', { friends: ['bob'] });
  const bob = await join(other, 'bob', { friends: ['alice'] });
  await untilQuiet(nodes);
  await alice.submit(anEvent());
  await bob.next('collab_event');
  const samples = await scrape(other.url, adminToken);
  for (const name of ['publish_duration', 'lag']) {
    expect(samples.get(`collab_relay_bus_${name}_seconds_count`)).toBeGreaterThan(0);
  }
  expect([...(await scrape(other.url)).keys()].join('\n')).not.toMatch(/_bus_(publish|lag)/);
});

test('metrics of a node do not tell a stranger whether somebody is online on another', async () => {
  const [one, other] = await startNodes({ settings: {}, options: { bus: new MemoryBus().open } }, 2);
  if (!one || !other) throw new Error('two are needed');
  await join(other, 'bob', { friends: [] });
  const alice = await join(one, 'alice', { friends: ['bob', 'nobody'] });
  await untilQuiet([one, other]);
  const grown = async (id: string, to: string): Promise<string[]> => {
    const before = await scrape(one.url);
    await alice.submit(anEvent({ id, to_users: [to] }));
    await alice.receipt(id, to, 'unavailable');
    await untilQuiet([one, other]);
    const after = [...(await scrape(one.url))];
    return after
      .filter(([name, value]) => isCounted(name) && value !== before.get(name))
      .map(([name]) => name);
  };
  // The first try of all makes lines that were not there before.
  await grown('e0', 'nobody');
  expect(await grown('e1', 'bob')).toEqual(await grown('e2', 'nobody'));
});

/** Neither times nor what the process as a whole uses. */
const isCounted = (name: string): boolean => name.startsWith('collab_relay_') && !/seconds|bytes/.test(name);

test('without an admin token nobody is one', async () => {
  const relay = await startRelay();
  const refused = await fetch(`${relay.url}/metrics`, { headers: { authorization: 'Bearer undefined' } });
  expect(refused.status).toBe(401);
});

test('the index names every route and both sockets, and nothing of it can run', async () => {
  const relay = await startRelay();
  const answer = await fetch(relay.url);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  const page = await answer.text();
  for (const { path } of Object.values(relayRoutes)) expect(page).toContain(path);
  expect(page).toContain('/socket.io');
  expect(page).toContain('/ws/{user_id}');
  expect(page).not.toContain('<script');
});

test('the documents are served as they are generated', async () => {
  const relay = await startRelay();
  const [openApi, asyncApi] = await Promise.all(
    ['/openapi.json', '/asyncapi.json'].map(async (path) => (await fetch(`${relay.url}${path}`)).json()),
  );
  expect(openApi).toMatchObject({ openapi: '3.1.0', paths: { '/api/register': { post: {} } } });
  expect(asyncApi).toMatchObject({
    asyncapi: '3.0.0',
    servers: { relay: { host: new URL(relay.url).host, protocol: 'ws' } },
  });
});
