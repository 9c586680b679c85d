import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Named, refsIn, refsWithin, resolveRefs } from '../../src/scenario/refs.ts';

const names = new Map<string, Named>([
  ['berlin-calls', { whole: 'b-1', parts: { symbol: 'DAX' } }],
  ['praise', { whole: { id: 'c-1', n: 3 }, parts: { id: 'c-1', n: 3 } }],
]);
const resolve = (value: unknown) => resolveRefs(value, (name) => names.get(name));

describe('a $ref', () => {
  test('keeps its type as a whole value, and becomes text inside a text', () => {
    expect(resolve('$praise.n')).toBe(3);
    expect(resolve('$praise')).toEqual({ id: 'c-1', n: 3 });
    expect(resolve('n is $praise.n.')).toBe('n is 3.');
    expect(resolve({ a: ['$berlin-calls', { b: '$berlin-calls.symbol' }] })).toEqual({
      a: ['b-1', { b: 'DAX' }],
    });
  });

  test('is not every dollar', () => {
    expect(resolve('$5 and $$berlin-calls and $ and US$')).toBe('$5 and $berlin-calls and $ and US$');
    expect(resolve({ $regex: '^$praise$' })).toEqual({ $regex: '^$praise$' });
  });

  test('that leads nowhere is a problem which says what is there', () => {
    expect(() => resolve('$praise.text')).toThrow(
      '$praise.text leads nowhere: $praise has id and n, but no "text".',
    );
    expect(() => resolve('$nobody')).toThrow('$nobody leads nowhere: nothing is named "nobody".');
  });

  test('is found with its place', () => {
    expect(refsIn('/x/$berlin-calls/y $praise.id!')).toEqual([
      { name: 'berlin-calls', path: [], start: 3, end: 16 },
      { name: 'praise', path: ['id'], start: 19, end: 29 },
    ]);
    expect(refsWithin({ a: [{ b: '$praise' }] })).toMatchObject([{ path: ['a', 0, 'b'] }]);
  });

  test('leaves any text whose dollars are doubled as it was', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(resolve(text.replaceAll('$', '$$$$'))).toBe(text);
      }),
    );
  });
});
