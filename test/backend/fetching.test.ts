import { expect, test } from 'vitest';
import { aliceBehindAGate } from './behind-a-gate.ts';
import { aPosition, compared, friendsOf, startGate, startRelay } from './rig.ts';

const json = { 'content-type': 'application/json' };

/** They have compared what they share, and alice has something to share. */
async function readyToShare(bobs: { allow_private?: boolean } = {}) {
  const { gate, alice, bob } = await aliceBehindAGate(bobs);
  await compared(alice, bob);
  await alice.create('berlin');
  return { gate, alice, bob };
}

test('a share_url elsewhere is refused before anybody is asked', async () => {
  const [alice, bob] = await friendsOf(await startRelay(), 'alice', 'bob');
  const elsewhere = await startGate();
  await alice.backend.emit({
    id: 'elsewhere',
    type: 'position_shared',
    to_users: ['bob'],
    data: { position_id: 'berlin', share_url: `${elsewhere.url}/api/v1/positions/ideas/berlin` },
  });
  await bob.step('committed', 'elsewhere');
  expect((await bob.inbox()).records).toMatchObject([{ outcome: 'refused', code: 'bad_origin' }]);
  expect(elsewhere.requests.all).toEqual([]);
});

test.each([
  ['redirected', () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/' } })],
  ['too_big', () => new Response('x'.repeat(300 * 1024), { headers: json })],
  ['not_json', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
  ['bad_answer', () => Response.json({ hello: 'world' })],
  ['bad_answer', () => Response.json(aPosition('rome', 'alice'))],
  ['bad_answer', () => Response.json(aPosition('berlin', 'carol'))],
  ['http_403', () => Response.json({}, { status: 403 })],
  ['http_404', () => Response.json({}, { status: 404 })],
  ['http_410', () => Response.json({}, { status: 410 })],
])('an answer that is %s ends the fetch, and bob reads so', async (code, answer) => {
  const { gate, alice, bob } = await readyToShare();
  gate.answerWith(answer);
  const page = await bob.page();
  const shared = await alice.share('berlin', 'bob');
  const frame = await page.frames.next((one) => one.type === 'notification');
  expect(frame).toMatchObject({
    notification: { kind: 'fetch_failed', code, from_user: 'alice', event_id: shared, position_id: 'berlin' },
  });
  expect(gate.requests.all).toHaveLength(1);
  expect(await bob.positions()).toEqual([]);
  expect(bob.backend.census()).toMatchObject({ runnable: { fetch_jobs: 0 }, parked: { fetch_jobs: 0 } });
  // The id is free again.
  expect((await bob.ask('POST', '/api/v1/positions/ideas', { id: 'berlin', symbol: 'SAP' })).status).toBe(
    201,
  );
});

test('a private address is not dialled where that is not allowed', async () => {
  const { gate, alice, bob } = await readyToShare({ allow_private: false });
  const shared = await alice.share('berlin', 'bob');
  expect(await bob.step('fetched', shared)).toMatchObject({ code: 'bad_address' });
  expect(gate.requests.all).toEqual([]);
});

test('trouble on the way is tried again', async () => {
  const { gate, alice, bob } = await readyToShare();
  const troubles = [401, 500, 503];
  gate.answerWith(() => {
    const status = troubles.shift();
    return status === undefined ? undefined : Response.json({}, { status });
  });
  const shared = await alice.share('berlin', 'bob');
  await bob.step('stored', shared);
  const attempts = bob.told.all.flatMap((one) =>
    one.type === 'step' && one.step === 'fetched' ? [[one.attempt, one.status]] : [],
  );
  expect(attempts).toEqual([
    [1, 401],
    [2, 500],
    [3, 503],
    [4, 200],
  ]);
});

test('a thread of more than a fetch may carry comes page by page, in its order', async () => {
  const { gate, alice, bob } = await readyToShare();
  for (let n = 0; n < 80; n += 1) await alice.comment('berlin', `${n} ${'x'.repeat(3900)}`);
  await bob.step('stored', await alice.share('berlin', 'bob'));
  expect(await bob.comments('berlin')).toEqual(await alice.comments('berlin'));
  expect(gate.requests.all.filter((path) => path.includes('/comments?after=')).length).toBeGreaterThan(5);
});

test('trouble on a later page is trouble with the whole: it is asked for again', async () => {
  const { gate, alice, bob } = await readyToShare();
  for (let n = 0; n < 10; n += 1) await alice.comment('berlin', `${n} ${'x'.repeat(3900)}`);
  const troubles = [503];
  gate.answerWith((path) => {
    const status = path.includes('/comments') ? troubles.shift() : undefined;
    return status === undefined ? undefined : Response.json({}, { status });
  });
  const shared = await alice.share('berlin', 'bob');
  await bob.step('fetched', shared, { status: 503, attempt: 1 });
  await bob.step('stored', shared);
  expect(await bob.comments('berlin')).toEqual(await alice.comments('berlin'));
});
