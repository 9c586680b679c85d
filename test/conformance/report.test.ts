import { expect, test } from 'vitest';
import type { Check, Level } from '../../src/conformance/check.ts';
import { reportOf } from '../../src/conformance/report.ts';
import { checkLines, summaryLines } from '../../src/conformance/report-lines.ts';
import type { Checked, Result } from '../../src/conformance/run-checks.ts';

const aCheck = (id: string, level: Level): Check => ({
  id,
  level,
  section: '6',
  title: `the sentence of ${id}`,
  run: async () => {},
});

const checked = (id: string, result: Result, level: Level = 'must'): Checked => ({
  check: aCheck(id, level),
  result,
  ms: 1,
});

const kept: Result = { is: 'kept' };
const broken: Result = {
  is: 'broken',
  contradiction: { sent: 'GET /', came: '500', expected: '200' },
};
const blocked: Result = { is: 'not-checked', why: 'creating a position did not work', blocked: true };
const unseen: Result = { is: 'not-checked', why: 'needs a command', blocked: false };

const endOf = (all: readonly Checked[], planned = all.length, known = planned) =>
  summaryLines(reportOf('bob', all, { planned, known })).at(-1);

test('a must decides, a should and an optional route do not', () => {
  const all = [
    checked('a.one', kept),
    checked('a.two', broken, 'should'),
    checked('a.three', { is: 'not-offered' }, 'may'),
  ];
  expect(endOf(all)).toBe("bob's backend keeps the contract.");
  expect(endOf([...all, checked('a.four', broken)])).toBe("bob's backend does not keep the contract.");
});

test('what builds on something broken is not kept; what this bench cannot look at is no fault', () => {
  expect(reportOf('bob', [checked('a.one', blocked)], { planned: 1, known: 1 }).conforms).toBe(false);
  expect(reportOf('bob', [checked('a.one', unseen)], { planned: 1, known: 1 }).conforms).toBe(true);
});

test('a part of the checks says nothing about the rest', () => {
  expect(endOf([checked('a.one', kept)], 1, 9)).toBe(
    "bob's backend keeps what was looked at: 1 of 9 checks.",
  );
  expect(endOf([checked('a.one', kept)], 2, 9)).toBe(
    'Stopped after 1 of 9 checks: nothing is said about the others.',
  );
});

test('what is broken is shown with what was sent, what came and what was expected', () => {
  expect(checkLines(checked('a.one', broken))).toEqual([
    `  ✗ ${'a.one'.padEnd(36)} the sentence of a.one`,
    '      must, section 6 of the contract',
    '      sent      GET /',
    '      came      500',
    '      expected  200',
  ]);
});
