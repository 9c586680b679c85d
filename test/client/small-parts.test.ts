import { expect, test } from 'vitest';
import { aroundPeriod, fullJitter } from '../../src/client/backoff.ts';
import { outboxCensus } from '../../src/client/outbox-census.ts';
import { PresenceBook } from '../../src/client/presence-book.ts';
import { relayAddress } from '../../src/client/relay-url.ts';
import { newSenderStream } from '../../src/client/sender-state.ts';
import { Submissions } from '../../src/client/submissions.ts';
import { epoch } from '../../src/protocol/ids.ts';
import type { Presence } from '../../src/protocol/presence.ts';
import { aPeerKey, bob } from './rig.ts';

test('the ceiling of the backoff doubles up to its end', () => {
  const ceilings = [0, 1, 2, 3, 99].map((attempt) => fullJitter({ from: 10, to: 70 }, attempt, 1));
  expect(ceilings).toEqual([10, 20, 40, 70, 70]);
  expect(fullJitter({ from: 10, to: 70 }, 5, 0)).toBe(0);
  expect([0, 0.5, 1].map((random) => aroundPeriod(45_000, random))).toEqual([30_000, 45_000, 60_000]);
});

test.each([
  ['ws://localhost:9000', 'http://localhost:9000', '/socket.io'],
  ['wss://collab.example.com', 'https://collab.example.com', '/socket.io'],
  ['http://localhost:9000/', 'http://localhost:9000', '/socket.io'],
  ['https://example.com/collab/', 'https://example.com', '/collab/socket.io'],
  ['ws://relay:9000/ws/user_a', 'http://relay:9000', '/socket.io'],
  ['wss://example.com/collab/ws/alice', 'https://example.com', '/collab/socket.io'],
])('%s is reached at %s%s', (url, origin, path) => {
  expect(relayAddress(url)).toEqual({ origin, path });
});

test('a limit of the connection stops every stream, one of a pair does not', () => {
  const submissions = new Submissions({ limit: 3, replyTimeoutMs: 100 });
  const answer = submissions.opened(0);
  expect(submissions.budget(0)).toBe(2);
  answer({ status: 'limited', scope: 'pair', retry_after_ms: 50 }, 10);
  expect(submissions.budget(10)).toBe(3);
  submissions.opened(10)({ status: 'limited', scope: 'connection', retry_after_ms: 50 }, 20);
  expect(submissions.budget(69)).toBe(0);
  expect(submissions.budget(70)).toBe(3);
});

test('a reply that never comes is not waited for beyond its time, also when nothing else is sent', () => {
  const submissions = new Submissions({ limit: 3, replyTimeoutMs: 100 });
  submissions.opened(0);
  submissions.opened(50);
  expect([submissions.unreplied(99), submissions.unreplied(100), submissions.unreplied(150)]).toEqual([
    2, 1, 0,
  ]);
});

test('a reply that never comes frees its place in time', () => {
  const submissions = new Submissions({ limit: 1, replyTimeoutMs: 100 });
  submissions.opened(0);
  expect(submissions.budget(99)).toBe(0);
  expect(submissions.budget(101)).toBe(1);
});

test('without a connection everything is parked', () => {
  const stream = newSenderStream(epoch.parse('E'));
  expect(
    outboxCensus(
      [
        { stream, rows: 3 },
        { stream: undefined, rows: 2 },
      ],
      false,
    ),
  ).toEqual({
    runnable: { in_flight: 0, unsent: 0, limited: 0 },
    parked: { absent: 0, offline: 5 },
  });
});

test('behind a shut gate nothing leaves, and goes on by itself later', () => {
  const stream = { ...newSenderStream(epoch.parse('E')), online: true };
  expect(outboxCensus([{ stream, rows: 3 }], true)).toMatchObject({
    runnable: { unsent: 0, limited: 3 },
  });
  expect(outboxCensus([{ stream, rows: 3 }], false)).toMatchObject({ runnable: { unsent: 3 } });
});

test('the key and the origin of a friend stay known while nobody is online', () => {
  const told: Presence[] = [];
  const book = new PresenceBook((presence) => told.push(presence));
  const online: Presence = {
    user_id: bob,
    status: 'online',
    display_name: 'Bob',
    last_seen: '2026-01-01T00:00:00Z',
    backend_url: 'http://localhost:8001',
    peer_key: aPeerKey,
  };
  book.told(online);
  book.lost();
  book.lost();
  expect(told).toEqual([online, { ...online, status: 'offline' }]);
  book.told({ user_id: bob, status: 'online', display_name: 'Bobby', last_seen: online.last_seen });
  expect(book.of(bob)).toEqual({ ...online, display_name: 'Bobby' });
});
