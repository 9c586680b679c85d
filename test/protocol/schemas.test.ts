import { describe, expect, test } from 'vitest';
import { closeRules } from '../../src/protocol/close-codes.ts';
import { deliveredEvent, submittedEvent } from '../../src/protocol/events.ts';
import { handshake } from '../../src/protocol/handshake.ts';
import { userId } from '../../src/protocol/ids.ts';
import { relayLimits } from '../../src/protocol/limits.ts';
import { acknowledgement } from '../../src/protocol/receipts.ts';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import { relayRoutes } from '../../src/protocol/relay-rest.ts';

const event = {
  type: 'position_updated',
  to_users: ['bob'],
  data: { position_id: 'p1', updates: { notes: 'rolled' } },
};

describe('a submitted event', () => {
  test('needs no id, sender or time: the relay fills them in', () => {
    expect(submittedEvent.parse(event)).toEqual(event);
  });

  test.each([
    ['no type', { type: undefined }],
    ['another type', { type: 'position_sold' }],
    ['no recipients', { to_users: [] }],
    ['too many recipients', { to_users: Array.from({ length: 101 }, (_, n) => `u${n}`) }],
    ['an id that is not one', { id: 'a b' }],
    ['a number that a stream never has', { seq: { bob: 0 } }],
    ['a time that is not one', { sent_at: 'yesterday' }],
    [
      'a share_url that no one could fetch',
      { type: 'position_shared', data: { position_id: 'p', share_url: 'file:///x' } },
    ],
  ])('with %s is none', (_what, overrides) => {
    expect(submittedEvent.safeParse({ ...event, ...overrides }).success).toBe(false);
  });

  test('lets a team add keys to data', () => {
    const data = { ...event.data, team_key: { nested: true } };
    expect(submittedEvent.parse({ ...event, data }).data).toEqual(data);
  });
});

test('a delivered event shows its recipient nobody else', () => {
  const delivered = { ...event, id: 'e1', from_user: 'alice', sent_at: '2025-10-30T10:00:00Z' };
  expect(deliveredEvent.safeParse(delivered).success).toBe(true);
  expect(deliveredEvent.safeParse({ ...delivered, to_users: ['bob', 'carol'] }).success).toBe(false);
});

test.each(['alice', 'user_a_id', 'A@b.c', '0193f0c2-7b1e-7e63-8c1d-4a4e5b6c7d8e', 'a'.repeat(64)])(
  '%s is a user',
  (name) => expect(userId.safeParse(name).success).toBe(true),
);

test.each(['', '-alice', 'a b', 'a/b', '../x', 'ü', '"', 'a'.repeat(65)])('%j is no user', (name) => {
  expect(userId.safeParse(name).success).toBe(false);
});

describe('a handshake', () => {
  test('says the same in auth and as text in a query', () => {
    const said = { user_id: 'alice', friends: ['bob', 'carol'], acks: true, attempt: 3 };
    const query = { user_id: 'alice', friends: 'bob,carol', acks: 'true', attempt: '3', EIO: '4', t: 'x' };
    expect(handshake.parse(said)).toEqual(said);
    expect(handshake.parse(query)).toEqual(said);
  });

  test('tells no friends from no list of friends', () => {
    expect(handshake.parse({ friends: '' })).toEqual({ friends: [] });
    expect(handshake.parse({})).toEqual({});
  });

  test.each([
    ['credentials in the address', { backend_url: 'http://user:password@localhost' }],
    ['another protocol', { backend_url: 'ftp://localhost' }],
    ['a key of another kind', { peer_key: { kty: 'RSA' } }],
    ['a list that is none', { friends: { bob: true } }],
    ['a count that is none', { attempt: 'x' }],
  ])('with %s is refused', (_what, said) => {
    expect(handshake.safeParse(said).success).toBe(false);
  });
});

test('an acknowledgement names at most 256 results', () => {
  const results = Array.from({ length: 257 }, (_, n) => ({ id: `e${n}`, status: 'delivered' }));
  expect(acknowledgement.safeParse({ from: 'alice', results }).success).toBe(false);
  expect(acknowledgement.safeParse({ from: 'alice', results: results.slice(1) }).success).toBe(true);
});

test('an empty relay config has every default, and an unknown key is a mistake', () => {
  const config = relayConfig.parse({ trust: { insecure: true } });
  expect(config).toMatchObject({ host: '127.0.0.1', port: 9000, grace_ms: 5000, unavailable_after_ms: 100 });
  expect(config.limits).toEqual(relayLimits.parse({}));
  expect(relayConfig.safeParse({ trust: {}, porta: 1 }).success).toBe(false);
});

test('no two reasons to close share a number', () => {
  const codes = Object.values(closeRules).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test('every route of the relay says what it is for', () => {
  for (const { summary, path } of Object.values(relayRoutes)) {
    expect(summary).not.toBe('');
    expect(path).toMatch(/^\//);
  }
});
