import { expect, test } from 'vitest';
import { backendRoutes } from '../../src/protocol/backend-rest.ts';
import { samplesOf } from '../http/samples.ts';
import { friendsOf, startRelay, type User } from './rig.ts';

const scrape = async (user: User) => samplesOf(await (await fetch(`${user.backend.url}/metrics`)).text());

test('metrics show what is on its way and what came in, and name nobody', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  await alice.create('berlin');
  await bob.step('stored', await alice.share('berlin', 'bob'));
  const [sent, received] = [await scrape(alice), await scrape(bob)];
  expect(Object.fromEntries(sent)).toMatchObject({
    collab_backend_relay_connected: 1,
    'collab_outbox_saved_total{type="position_shared"}': 1,
    collab_outbox_resends_total: 0,
    'collab_outbox_pending{state="absent"}': 0,
  });
  expect(Object.fromEntries(received)).toMatchObject({
    'collab_inbox_events_total{outcome="applied"}': 1,
    'collab_fetch_attempts_total{status="200"}': 1,
    collab_fetch_jobs: 0,
    collab_inbox_gaps_total: 0,
    collab_inbox_quarantined_total: 0,
  });
  await bob.stop();
  await alice.ask('PATCH', '/api/v1/positions/ideas/berlin', { notes: 'rolled' });
  const waiting = await scrape(alice);
  const pending = [...waiting].filter(([name]) => name.startsWith('collab_outbox_pending{'));
  expect(pending.reduce((sum, [, count]) => sum + count, 0)).toBe(1);
  expect(waiting.get('collab_outbox_oldest_age_seconds')).toBeGreaterThanOrEqual(0);
  expect([...sent.keys(), ...received.keys()].join('\n')).not.toMatch(/alice|bob/);
});

test('the index names every route, and the document too', async () => {
  const [alice] = await friendsOf(await startRelay(), 'alice', 'bob');
  const page = await (await fetch(alice.backend.url)).text();
  for (const { path } of Object.values(backendRoutes)) expect(page).toContain(path);
  expect(page).not.toContain('<script');
  expect(await (await fetch(`${alice.backend.url}/openapi.json`)).json()).toMatchObject({
    openapi: '3.1.0',
    paths: { '/api/v1/positions/ideas/{id}': { get: {}, patch: {} } },
  });
});
