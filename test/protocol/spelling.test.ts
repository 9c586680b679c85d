import fc from 'fast-check';
import { expect, test } from 'vitest';
import { submittedEvent } from '../../src/protocol/events.ts';
import { canonicalSpelling } from '../../src/protocol/spelling.ts';

test("the flat form of the brief's step 4 becomes an event with data", () => {
  const share_url = 'http://backend-a:8000/api/v1/positions/ideas/xyz';
  const flat = { type: 'position_shared', from: 'alice', to: ['bob'], position_id: 'xyz', share_url };
  const canonical = {
    type: 'position_shared',
    from_user: 'alice',
    to_users: ['bob'],
    data: { position_id: 'xyz', share_url },
  };
  expect(canonicalSpelling(flat)).toEqual(canonical);
  expect(submittedEvent.safeParse(canonical).success).toBe(true);
});

test.each([
  [
    { to: ['bob'], data: {} },
    { to_users: ['bob'], data: {} },
  ],
  [
    { to: 'bob', data: {} },
    { to_users: ['bob'], data: {} },
  ],
  [
    { to: ['carol'], to_users: ['bob'], data: {} },
    { to_users: ['bob'], data: {} },
  ],
  [
    { from: 'mallory', from_user: 'alice', data: {} },
    { from_user: 'alice', data: {} },
  ],
  [
    { comment: { text: 'x' }, id: 'e1' },
    { id: 'e1', data: { comment: { text: 'x' } } },
  ],
  [
    { data: { position_id: 'a' }, position_id: 'b' },
    { data: { position_id: 'a' }, position_id: 'b' },
  ],
])('%j is read as %j', (raw, canonical) => {
  expect(canonicalSpelling(raw)).toEqual(canonical);
});

test('what is no object stays what it is', () => {
  for (const raw of [null, undefined, 'text', 42, ['a']]) expect(canonicalSpelling(raw)).toBe(raw);
});

test('nothing makes it throw, the canonical form stays as it is, and its input is not changed', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (raw) => {
      const before = JSON.stringify(raw);
      const once = canonicalSpelling(raw);
      expect(canonicalSpelling(once)).toEqual(once);
      expect(JSON.stringify(raw)).toBe(before);
    }),
  );
});
