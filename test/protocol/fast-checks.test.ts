import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RoutableEvent, routableEvent } from '../../src/protocol/events.ts';
import { isAcknowledgement, isRoutableEvent } from '../../src/protocol/fast-checks.ts';
import { acknowledgement } from '../../src/protocol/receipts.ts';

/** Good and bad values for each kind of field; the bad ones are those that nearly pass. */
const ids = fc.constantFrom(
  'e1',
  '018f',
  'a~b',
  'x'.repeat(128),
  'x'.repeat(129),
  '',
  '-a',
  'a b',
  'a\n',
  7,
  null,
);
const users = fc.constantFrom('bob', 'b@c.de', '12', 'x'.repeat(64), 'x'.repeat(65), '', '__proto__', 'ü', 7);
const times = fc.constantFrom(
  ...['2025-10-30T10:00:00Z', '2025-10-30T10:00:00.123456+02:00', '2024-02-29T00:00:00Z'],
  ...[
    '2025-02-29T00:00:00Z',
    '2025-10-30T24:00:00Z',
    '2025-10-30T10:00Z',
    '2025-10-30',
    ' 2025-10-30T10:00:00Z',
    0,
  ],
);
const numbers = fc.constantFrom<unknown>(1, 2, 12, 0, -1, -0, 1.5, 2 ** 53, 1e300, '1', null);
const urls = fc.oneof(
  fc.webUrl(),
  fc.constantFrom<unknown>(
    ...[
      'http://localhost:8000/x?y#z',
      'https://a.example',
      'HTTP://a.example',
      'http:/a',
      'http:a',
      'ftp://a',
    ],
    ...[
      'http://',
      'http://a:99999',
      'http://1.2.3.4.5',
      'http://a b',
      ' http://a ',
      'http://a\n',
      'http://ü.de',
    ],
    ...['http://[::1]', 'http://[::1', 'http://xn--a', `http://a/${'x'.repeat(2050)}`, 7],
  ),
);
const texts = fc.constantFrom<unknown>('', 'x', 'ü𝄞', 'x'.repeat(120), 'x'.repeat(129), 'x'.repeat(4001), 7);
const anything = fc.anything({ withNullPrototype: true, maxDepth: 2 });
/** Mostly nothing, sometimes a key that nobody knows, or one that objects react to. */
const extra = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  fc.constantFrom(
    JSON.parse('{"__proto__":{"x":1}}'),
    { constructor: 1 },
    { extra: { a: [1] } },
    { id: undefined },
  ),
);
const record = (keys: fc.Arbitrary<unknown>, values: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(keys, values), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));

/** Objects of these keys, each of which may be missing, with something else in them now and then. */
const object = (fields: Record<string, fc.Arbitrary<unknown>>, sure: string[] = Object.keys(fields)) =>
  fc
    .tuple(fc.record(fields, { requiredKeys: [] }), fc.record(fields), fc.nat(9), extra)
    .map(([some, all, dice, more]) => {
      const whole = Object.entries(all).filter(([key]) => sure.includes(key));
      const given = dice === 0 ? some : { ...some, ...Object.fromEntries(whole) };
      return Object.defineProperties({ ...given }, Object.getOwnPropertyDescriptors(more));
    });

const mostly = (good: unknown, arbitrary: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(good) }, arbitrary);

const data = {
  position_shared: object(
    {
      position_id: mostly('p', ids),
      share_url: mostly('http://a', urls),
      shared_at: mostly('2025-10-30T10:00:00Z', times),
      version: mostly(1, numbers),
      share_id: mostly('s', ids),
    },
    ['position_id', 'share_url'],
  ),
  comment_added: object({
    position_id: mostly('p', ids),
    comment: object({
      id: mostly('c', ids),
      text: mostly('Hi', texts),
      user: object({ id: mostly('bob', users), display_name: mostly('Bob', texts) }),
      created_at: mostly('2025-10-30T10:00:00Z', times),
    }),
  }),
  position_updated: object(
    {
      position_id: mostly('p', ids),
      updates: fc.oneof(record(fc.string(), anything), anything),
      version: mostly(2, numbers),
      from_version: mostly(1, numbers),
    },
    ['position_id', 'updates'],
  ),
  share_revoked: object({ position_id: mostly('p', ids), share_id: mostly('s', ids) }, ['position_id']),
};

const eventOf = (type: string, payload: fc.Arbitrary<unknown>) =>
  object(
    {
      type: mostly(type, fc.constantFrom('position_sold', 'share_revoked', undefined)),
      to_users: mostly(['bob'], fc.array(users, { maxLength: 3 })),
      data: payload,
      id: mostly('e1', ids),
      from_user: mostly('alice', users),
      sent_at: mostly('2025-10-30T10:00:00Z', times),
      epoch: mostly('ep', ids),
      seq: record(users, mostly(3, numbers)),
      base: record(users, mostly(3, numbers)),
      cause: mostly('act', ids),
      traceparent: mostly('00-1', texts),
    },
    ['type', 'to_users', 'data'],
  );

const events = fc.oneof(...Object.entries(data).map(([type, payload]) => eventOf(type, payload)));

const acks = object(
  {
    from: mostly('alice', users),
    results: fc.array(
      object(
        {
          id: mostly('e1', ids),
          status: mostly('delivered', fc.constantFrom('refused', 'routed', 7)),
          code: mostly('gap', texts),
          want: mostly(1, numbers),
          above: mostly('ep', ids),
          retry_after_ms: mostly(5, numbers),
        },
        ['id', 'status'],
      ),
      { maxLength: 3 },
    ),
    epoch: mostly('ep', ids),
    upto: mostly(1, numbers),
    ids: fc.array(mostly('e1', ids), { maxLength: 3 }),
  },
  ['from', 'results'],
);

describe.each([
  ['an event', events, isRoutableEvent, routableEvent],
  ['an acknowledgement', acks, isAcknowledgement, acknowledgement],
] as const)('what is taken for %s by hand', (_what, values, isOne, schema) => {
  test('its schema accepts, and hands on as it is', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 20, arbitrary: values }, anything), (value) => {
        if (!isOne(value)) return;
        taken += 1;
        const parsed = schema.safeParse(value);
        expect(parsed.error).toBeUndefined();
        expect(parsed.data).toStrictEqual(value);
      }),
      { numRuns: 4000 },
    );
    // Else nothing was shown.
    expect(taken).toBeGreaterThan(100);
  });
});

test("the brief's events, and those of our own clients, need no schema", () => {
  const common = { from_user: 'alice', to_users: ['bob'] };
  const ours = {
    id: 'e1',
    epoch: 'ep',
    seq: { bob: 1 },
    base: { bob: 1 },
    sent_at: new Date().toISOString(),
  };
  const position_id = '5c7f5d0e-3c5e-4b6e-9d5a-2f4f6f1f7a11';
  const payloads = [
    [
      'position_shared',
      { position_id, share_url: 'http://backend-a:8000/x', shared_at: '2025-10-30T10:00:00Z' },
    ],
    [
      'comment_added',
      {
        position_id,
        comment: {
          id: 'c1',
          text: 'Great setup!',
          user: { id: 'bob', display_name: 'Jane' },
          created_at: '2025-10-30T10:05:00Z',
        },
      },
    ],
    ['position_updated', { position_id, updates: { tags: ['bullish'], notes: 'Updated' }, version: 2 }],
    ['share_revoked', { position_id, share_id: 's1' }],
  ] satisfies [RoutableEvent['type'], object][];
  for (const [type, data] of payloads) {
    expect(isRoutableEvent({ type, data, ...common })).toBe(true);
    expect(isRoutableEvent({ type, data: { ...data, ours: 1 }, ...common, ...ours, cause: 'act' })).toBe(
      true,
    );
  }
  const results = [{ id: 'e1', status: 'delivered' }];
  expect(isAcknowledgement({ from: 'alice', epoch: 'ep', upto: 3, results })).toBe(true);
});
