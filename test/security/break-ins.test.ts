import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forgeries } from './break-ins/forgeries.ts';
import { identity } from './break-ins/identity.ts';
import { peers } from './break-ins/peers.ts';
import { reach } from './break-ins/reach.ts';

const all = { identity, peers, forgeries, reach };

describe.each(Object.entries(all))('%s', (_about, rows) => {
  test.each(rows.map(({ attempt, gets, tried }) => [attempt, gets, tried] as const))(
    '%s → %s',
    async (_attempt, gets, tried) => {
      expect(String(await tried())).toBe(gets);
    },
  );
});

test('the table of the README is this one', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const rows = Object.values(all).flatMap((some) =>
    some.map(({ attempt, gets }) => `| ${attempt} | ${gets} |`),
  );
  const there = readme.split('\n').filter((line) => rows.includes(line));
  expect(there).toEqual(rows);
});
