import { describe, expect, test } from 'vitest';
import { clean, column, cut, widthOf, wrapped } from '../../src/dashboard/cells.ts';
import { cutLine, lineWidth, spread, textOf } from '../../src/dashboard/line.ts';
import { paint } from '../../src/dashboard/paint.ts';

describe('clean', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['cursor moves and clears', 'a\u001b[2J\u001b[10;10Hb', 'ab'],
    ['a window title', 'a\u001b]0;title\u0007b', 'ab'],
    ['a title with a string terminator', 'a\u001b]0;title\u001b\\b', 'ab'],
    ['a link', '\u001b]8;;http://evil\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a device control string', 'a\u001bP1;2q####\u001b\\b', 'ab'],
    ['a full reset', 'a\u001bcb', 'ab'],
    ['8-bit sequences', 'a\u009b31mb\u009d0;t\u009cc', 'abc'],
    ['a sequence that never ends', 'a\u001b[31', 'a'],
    ['an escape at the end', 'a\u001b', 'a'],
    ['single controls', 'a\u0000b\u0007c\u0008d\u007fe', 'abcde'],
    ['line ends and tabs', 'a\r\nb\tc', 'a b c'],
    ['turned reading direction', 'a\u202egnp.exe', 'agnp.exe'],
  ])('takes %s away', (_what, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  test('leaves other languages and signs as they are', () => {
    expect(clean('Grüße 日本 → ●')).toBe('Grüße 日本 → ●');
  });

  test('leaves nothing that a terminal would obey, however sequences are nested', () => {
    expect(clean('\u001b\u001b[[31m31m\u001b]\u001b]0;a')).not.toMatch(/[\p{Cc}]/u);
  });
});

test('wide characters take two columns', () => {
  expect(widthOf('日本')).toBe(4);
  expect(cut('日本語', 5)).toBe('日本…');
  expect(cut('日本語', 4)).toBe('日…');
  expect(widthOf(column('日本語', 4))).toBe(4);
  expect(column('ab', 4)).toBe('ab  ');
  expect(cut('abcdef', 4)).toBe('abc…');
  expect(cut('abc', 0)).toBe('');
});

test('the signs that are drawn take one column, as the terminal thinks', () => {
  for (const sign of '●◌◍○◐✗✓▶▷·╳◉◯□▸↻↔→─…–') expect(widthOf(sign)).toBe(1);
});

test('a text is wrapped between words', () => {
  expect(wrapped('bob has no berlin-calls', 12)).toEqual(['bob has no', 'berlin-calls']);
  expect(wrapped('a\nb', 12)).toEqual(['a', 'b']);
});

test('a line is cut once, over all its pieces', () => {
  expect(textOf(cutLine([['alice ', 'strong'], ['→ '], ['bob']], 8))).toBe('alice →…');
  expect(textOf(cutLine([['abc'], ['def']], 6))).toBe('abcdef');
  expect(textOf(spread([['left']], [['right']], 12))).toBe('left   right');
  expect(lineWidth(spread([['a long line at the left']], [['right']], 12))).toBe(12);
});

test('without colours, signs and weights are left', () => {
  const lines = [[['got it', 'good'] as const, [' strong', 'strong'] as const], []];
  expect(paint(lines, 20, true)).toBe('\u001b[32mgot it\u001b[39m\u001b[1m strong\u001b[22m\n ');
  expect(paint(lines, 20, false)).toBe('got it\u001b[1m strong\u001b[22m\n ');
});
