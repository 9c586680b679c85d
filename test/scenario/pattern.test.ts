import { describe, expect, test } from 'vitest';
import { explain } from '../../src/scenario/difference.ts';
import { firstDifference, patternMistakes } from '../../src/scenario/pattern.ts';

const event = {
  id: '0197a3c2-1f7e-7c44-9d3e-2b0f5c1e8a55',
  from_user: 'alice',
  sent_at: '2026-11-20T10:00:00Z',
  data: { version: 2, tags: ['bullish', 'momentum'], comment: { text: 'Great setup!' } },
};

function why(pattern: unknown, value: unknown = event): string {
  const found = firstDifference(pattern, value);
  return found ? explain(found) : 'matches';
}

describe('a pattern', () => {
  test.each([
    ['a map is a subset', { from_user: 'alice', data: { version: 2 } }],
    ['a list has exact length and order', { data: { tags: ['bullish', 'momentum'] } }],
    ['$regex', { data: { comment: { text: { $regex: '^Great' } } } }],
    ['$any uuid', { id: { $any: 'uuid' } }],
    ['$any date', { sent_at: { $any: 'date' } }],
    ['$any string and number', { from_user: { $any: 'string' }, data: { version: { $any: 'number' } } }],
    ['$not', { from_user: { $not: 'bob' } }],
    ['comparisons', { data: { version: { $gt: 1 } } }],
    ['comparisons of dates as text', { sent_at: { $gte: '2026-11-20' } }],
    ['$contains in a list', { data: { tags: { $contains: 'momentum' } } }],
    ['$contains in a text', { data: { comment: { text: { $contains: 'setup' } } } }],
    ['$length', { data: { tags: { $length: 2 } } }],
    ['$length with a pattern', { data: { tags: { $length: { $lte: 2 } } } }],
    ['$each', { data: { tags: { $each: { $regex: 'm' } } } }],
  ])('matches: %s', (name, pattern) => {
    const expected =
      name === '$each' ? 'data.tags[0]: expected text that matches /m/, saw "bullish"' : 'matches';
    expect(why(pattern)).toBe(expected);
  });

  test.each([
    [{ from_user: 'bob' }, 'from_user: expected "bob", saw "alice"'],
    [{ data: { version: '2' } }, 'data.version: expected "2", saw 2'],
    [{ data: { missing: 1 } }, 'data.missing: expected 1, saw nothing'],
    [{ data: { tags: ['momentum', 'bullish'] } }, 'data.tags[0]: expected "momentum", saw "bullish"'],
    [{ data: { tags: ['bullish'] } }, 'data.tags: expected a list of 1, saw a list of 2'],
    [{ data: { tags: { a: 1 } } }, 'data.tags: expected { a: 1 }, saw ["bullish", "momentum"]'],
    [{ id: { $not: { $any: 'uuid' } } }, `id: expected anything but { $any: "uuid" }, saw "${event.id}"`],
    [{ data: { version: { $gt: 2 } } }, 'data.version: expected more than 2, saw 2'],
    [{ data: { version: { $lt: '3' } } }, 'data.version: expected less than "3", saw 2'],
    [
      { data: { tags: { $contains: 'x' } } },
      'data.tags: expected something that contains "x", saw ["bullish", "momentum"]',
    ],
    [{ data: { tags: { $length: 3 } } }, 'data.tags.length: expected 3, saw 2'],
    [
      { data: { comment: { text: { $regex: '^x' } } } },
      'data.comment.text: expected text that matches /^x/, saw "Great setup!"',
    ],
    [{ sent_at: { $any: 'number' } }, 'sent_at: expected any number, saw "2026-11-20T10:00:00Z"'],
    [
      [1],
      'expected [1], saw { id: "0197a3c2-1f7e-7c44-9d3e-2b0f5c1e8a55", from_user: "alice", sent_at: "202…',
    ],
  ])('explains the first difference of %j', (pattern, expected) => {
    expect(why(pattern)).toBe(expected);
  });

  test('is checked itself before it is used', () => {
    expect(patternMistakes({ a: { $length: 2 }, b: [{ $regex: '^a$' }] })).toEqual([]);
    expect(patternMistakes({ a: [{ $regex: '(' }] })).toMatchObject([{ path: ['a', 0, '$regex'] }]);
    expect(patternMistakes({ $not: { $nope: 1 } })).toMatchObject([{ path: ['$not', '$nope'] }]);
  });
});
