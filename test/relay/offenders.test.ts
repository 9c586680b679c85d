import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { userId } from '../../src/protocol/ids.ts';
import { Offenders } from '../../src/relay/offenders.ts';
import type { Relay } from '../../src/relay/relay.ts';
import { dial, join, startRelay, tokenFor } from './rig.ts';
import { until } from './two-nodes-rig.ts';

const mallory = userId.parse('mallory');
const here = '127.0.0.1';

test('the second time within a minute is one too many, and each further wait is twice as long, up to the most', () => {
  const offenders = new Offenders({ firstMs: 1000, mostMs: 3000 });
  offenders.strike(mallory, here, 0);
  expect(offenders.isBarred('mallory', here, 1)).toBe(false);
  const keptOut = [10, 20, 30].map((now) => {
    offenders.strike(mallory, here, now);
    return [500, 1500, 2500, 3500].filter((ms) => offenders.isBarred('mallory', here, now + ms));
  });
  expect(keptOut).toEqual([[500], [500, 1500], [500, 1500, 2500]]);
  expect(offenders.isBarred('mallory', '127.0.0.2', 31)).toBe(false);
  expect(offenders.isBarred('alice', here, 31)).toBe(false);
});

test('who gave no cause for a minute begins anew, and is forgotten', () => {
  const offenders = new Offenders({ firstMs: 1000, mostMs: 3000 });
  for (const now of [0, 0]) offenders.strike(mallory, here, now);
  offenders.sweep(60_000);
  expect(offenders.size).toBe(1);
  offenders.strike(mallory, here, 61_000);
  expect(offenders.isBarred('mallory', here, 61_001)).toBe(false);
  offenders.sweep(122_000);
  expect(offenders.size).toBe(0);
});

const path = (user: string, token: string) => `/ws/${user}?token=${token}`;

/** Sends a frame that is too big as soon as it may, and waits for the end: the close code, or the status of the upgrade. */
async function offend(relay: Relay, asked: string): Promise<number> {
  const socket = new WebSocket(`${relay.url.replace('http', 'ws')}${asked}`);
  onTestFinished(() => socket.terminate());
  socket.on('error', () => {});
  const refused = new Promise<number>((resolve) => {
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
  });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  socket.once('open', () => socket.send('x'.repeat(80_000)));
  return Promise.race([refused, closed]);
}

test('who is thrown out again and again is kept out for a while, before anything is looked at; others are not', async () => {
  const relay = await startRelay({ limits: { kept_out_ms: 60_000, hello_wait_ms: 10_000 } });
  const asked = path('mallory', await tokenFor('mallory'));
  const codes = [await offend(relay, asked), await offend(relay, asked)];
  expect(codes).toEqual([1009, 1009]);
  // Who it was is looked up after it was thrown out.
  await until('mallory is kept out', async () => (await offend(relay, asked)) === 429);
  const late = dial(relay, { auth: { token: await tokenFor('mallory') }, reconnection: false });
  expect(await late.next('collab_error')).toMatchObject({ code: 'abuse', retryable: true, close_code: 4429 });
  expect(late.named('ready')).toEqual([]);
  await join(relay, 'alice');
});

test('nobody is kept out for what another did in their name', async () => {
  const relay = await startRelay({ limits: { kept_out_ms: 60_000, hello_wait_ms: 10_000 } });
  const asked = path('alice', await tokenFor('mallory'));
  for (let n = 0; n < 3; n += 1) expect(await offend(relay, asked)).toBe(1009);
  await join(relay, 'alice');
});
