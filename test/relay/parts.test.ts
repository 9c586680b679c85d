import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routableEvent } from '../../src/protocol/events.ts';
import { positionId, type UserId, userId } from '../../src/protocol/ids.ts';
import { relayLimits } from '../../src/protocol/limits.ts';
import { registration } from '../../src/protocol/relay-rest.ts';
import { eventEncoder } from '../../src/relay/encode-event.ts';
import { type Declarer, tie } from '../../src/relay/friendship.ts';
import { Hammering } from '../../src/relay/hammering.ts';
import { shapeFault } from '../../src/relay/json-shape.ts';
import { KeyedBuckets } from '../../src/relay/keyed-buckets.ts';
import { Limits } from '../../src/relay/limits.ts';
import { Registrations } from '../../src/relay/registrations.ts';
import { type Candidate, routingVerdict } from '../../src/relay/routing.ts';
import { TokenBucket } from '../../src/relay/token-bucket.ts';

const alice = userId.parse('alice');
const bob = userId.parse('bob');

const declares = (user: UserId, friends: UserId[] | 'everybody', leaving: UserId[] = []): Declarer => ({
  user,
  lists: { friends: friends === 'everybody' ? friends : new Set(friends), leaving: new Set(leaving) },
});

describe('friendship', () => {
  test.each([
    ['both list each other', declares(alice, [bob]), declares(bob, [alice]), 'friends'],
    ['one does not', declares(alice, [bob]), declares(bob, []), 'none'],
    ['one trusts everybody', declares(alice, 'everybody'), declares(bob, [alice]), 'friends'],
    ['one leaves', declares(alice, [], [bob]), declares(bob, [alice]), 'leaving'],
    ['both leave', declares(alice, [], [bob]), declares(bob, [], [alice]), 'leaving'],
    ['one leaves and the other knows nothing of it', declares(alice, [], [bob]), declares(bob, []), 'none'],
  ] as const)('when %s', (_what, a, b, expected) => {
    expect(tie(a, b)).toBe(expected);
    expect(tie(b, a)).toBe(expected);
  });
});

describe('routing', () => {
  const aCandidate = (overrides: Partial<Candidate> = {}): Candidate => ({
    user: bob,
    connected: declares(bob, [alice]),
    known: true,
    slow: false,
    ...overrides,
  });
  const friend = declares(alice, [bob]);

  test.each([
    ['a connected friend', friend, aCandidate(), 'deliver'],
    ['a friend that does not read', friend, aCandidate({ slow: true }), 'slow'],
    ['a stranger that does not read', declares(alice, []), aCandidate({ slow: true }), 'not_friends'],
    ['a friend that is away', friend, aCandidate({ connected: undefined }), 'offline'],
    ['a stranger that is away', declares(alice, []), aCandidate({ connected: undefined }), 'not_friends'],
    ['somebody never seen', friend, aCandidate({ connected: undefined, known: false }), 'unknown'],
    ['one-sided friendship', friend, aCandidate({ connected: declares(bob, []) }), 'not_friends'],
    ['somebody who is left', declares(alice, [], [bob]), aCandidate(), 'leaving'],
  ] as const)('%s', (_what, sender, candidate, expected) => {
    expect(routingVerdict(sender, 'position_updated', candidate)).toBe(expected);
  });

  test('a revoke passes to somebody who is left, and to nobody else that the others would not reach', () => {
    expect(routingVerdict(declares(alice, [], [bob]), 'share_revoked', aCandidate())).toBe('deliver');
    expect(routingVerdict(declares(alice, []), 'share_revoked', aCandidate())).toBe('not_friends');
  });
});

describe('a token bucket', () => {
  test('lets a burst through, then names the wait, and keeps to it', () => {
    const bucket = new TokenBucket({ rate: 10, burst: 2 }, 0);
    expect([bucket.take(1, 0), bucket.take(1, 0), bucket.take(1, 0)]).toEqual([0, 0, 100]);
    expect(bucket.take(1, 99)).toBe(1);
    expect(bucket.take(1, 100)).toBe(0);
  });

  test('what costs more than it ever holds passes when it is full', () => {
    const bucket = new TokenBucket({ rate: 10, burst: 2 }, 0);
    expect(bucket.take(100, 0)).toBe(0);
    expect(bucket.take(1, 0)).toBe(100);
  });

  test('gives a refund, and no more than it holds', () => {
    const bucket = new TokenBucket({ rate: 1, burst: 2 }, 0);
    bucket.take(1, 0);
    bucket.refund(5);
    expect([bucket.take(2, 0), bucket.take(1, 0)]).toEqual([0, 1000]);
  });

  test('never lets more through than burst + rate × time, and always keeps its word', () => {
    const takes = fc.array(
      fc.record({ cost: fc.integer({ min: 1, max: 5 }), wait: fc.integer({ min: 0, max: 400 }) }),
    );
    fc.assert(
      fc.property(takes, fc.integer({ min: 1, max: 50 }), (steps, rate) => {
        const burst = 5;
        const bucket = new TokenBucket({ rate, burst }, 0);
        let now = 0;
        let passed = 0;
        for (const { cost, wait } of steps) {
          now += wait;
          const retry = bucket.take(cost, now);
          if (retry === 0) passed += cost;
          else {
            now += retry;
            expect(bucket.take(cost, now)).toBe(0);
            passed += cost;
          }
          expect(passed).toBeLessThanOrEqual(burst + (now / 1000) * rate + 1e-3);
        }
      }),
    );
  });

  test('of a pair outlives its connection, also of one that was idle for long', () => {
    using limits = new Limits(relayLimits.parse({ per_pair: { rate: 1, burst: 1 } }));
    const first = limits.budgetsOf(alice, 0);
    limits.sweep(0);
    expect(first.pairs.take(bob, 1, 0)).toBe(0);
    const second = limits.budgetsOf(alice, 0);
    expect(second.pairs.take(bob, 1, 0)).toBeGreaterThan(0);
  });

  test('is forgotten when it is full again', () => {
    const buckets = new KeyedBuckets<string>({ rate: 10, burst: 2 });
    buckets.take('alice', 2, 0);
    buckets.sweep(100);
    expect(buckets.size).toBe(1);
    buckets.sweep(200);
    expect(buckets.size).toBe(0);
  });
});

describe('the shape of a payload', () => {
  const limits = { bytes: 1000, depth: 3, keys: 5 };
  test.each([
    [{ a: [1, 'x', null, true] }, undefined],
    [{ a: { b: { c: 1 } } }, undefined],
    [{ a: { b: { c: { d: 1 } } } }, 'too_deep'],
    [[1, 2, 3, 4, 5, 6], 'too_many_keys'],
    [{ a: 'x'.repeat(990) }, undefined],
    [{ a: 'x'.repeat(1000) }, 'too_big'],
    [{ a: 'ü'.repeat(600) }, 'too_big'],
    [{ a: '\u0000'.repeat(200) }, 'too_big'],
    [{ a: Buffer.from('x') }, 'not_json'],
    [{ a: undefined }, 'not_json'],
    [() => {}, 'not_json'],
  ])('%j', (value, expected) => {
    expect(shapeFault(value, limits)).toBe(expected);
  });

  test('never passes more bytes than allowed', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const fault = shapeFault(value, { bytes: 60, depth: 20, keys: 1000 });
        if (fault === undefined) expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(60);
      }),
    );
  });
});

test('an encoded event is JSON, whatever its data and trace context hold', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.string({ maxLength: 128 }),
      (extra, traceparent) => {
        const data = { ...extra, position_id: positionId.parse('p1') };
        const raw = {
          id: 'e1',
          type: 'share_revoked',
          to_users: ['bob'],
          data: { position_id: 'p1' },
          traceparent,
        };
        const event = routableEvent.parse({ ...raw, seq: { bob: 2 } });
        if (!event.id) throw new Error('the id was given');
        const encode = eventEncoder({
          id: event.id,
          from: alice,
          sentAt: 'now',
          event,
          data: JSON.stringify(data),
        });
        expect(JSON.parse(encode(bob))).toEqual({
          ...raw,
          from_user: 'alice',
          data: JSON.parse(JSON.stringify(data)),
          sent_at: 'now',
          seq: 2,
        });
      },
    ),
  );
});

test('a registration is kept for a minute', () => {
  const registrations = new Registrations();
  const one = registration.parse({ user_id: 'alice', backend_url: 'http://localhost:8000' });
  registrations.keep(one, 0);
  expect(registrations.of(alice, 59_999)).toBe(one);
  expect(registrations.of(alice, 60_000)).toBeUndefined();
});

describe('hammering', () => {
  /** Sends so many events a second, whatever it is told, or waits as told; answers the hits that were counted in the end. */
  const sending = (perSecond: number, seconds: number, listens: boolean) => {
    const bucket = new TokenBucket({ rate: 500, burst: 2000 }, 0);
    const hammering = new Hammering();
    let [hits, toldAt, waitsUntil] = [0, 0, 0];
    for (let n = 0; n < perSecond * seconds; n += 1) {
      const now = (n * 1000) / perSecond;
      // Who listens hears of it 100 ms later.
      if (listens && now < waitsUntil && now >= toldAt + 100) continue;
      const wait = bucket.take(1, now);
      if (wait === 0) continue;
      if (now >= waitsUntil) [toldAt, waitsUntil] = [now, now + wait];
      hits = hammering.hit(now, wait).hits;
    }
    return hits;
  };

  test('counts who sends twice as much as it may and never waits, across every opening of the bucket', () => {
    expect(sending(1000, 10, false)).toBeGreaterThan(1000);
  });

  test('does not count who waits as told for more than what was under way', () => {
    expect(sending(1000, 60, true)).toBeLessThan(500);
  });

  test('counts again from one for who kept to it for a while', () => {
    const hammering = new Hammering();
    for (const now of [0, 300, 400]) hammering.hit(now, 500);
    expect(hammering.hit(600, 500)).toEqual({ hits: 4, isFirst: true, goesOn: false });
    expect(hammering.hit(1000, 500)).toEqual({ hits: 5, isFirst: false, goesOn: true });
    expect(hammering.hit(11_500, 500)).toEqual({ hits: 1, isFirst: true, goesOn: false });
  });

  test('is forgiven what was on its way', () => {
    const hammering = new Hammering();
    for (const now of [0, 10, 249]) hammering.hit(now, 500);
    expect(hammering.hit(500, 500).hits).toBe(1);
  });
});

describe('a shut bucket', () => {
  test('opens with enough for its wait to be worth it', () => {
    const bucket = new TokenBucket({ rate: 500, burst: 2000 }, 0);
    expect([bucket.take(2000, 0), bucket.take(1, 0), bucket.take(1, 499)]).toEqual([0, 500, 1]);
    expect(bucket.take(250, 500)).toBe(0);
  });
});
