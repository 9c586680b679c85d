import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { epochAfter, freshEpoch, isEarlier } from '../../src/client/epochs.ts';
import { epoch } from '../../src/protocol/ids.ts';

const { random } = Math;
const monday = Date.UTC(2026, 10, 23);

test('epochs are UUIDs of version 7, and differ', () => {
  const made = Array.from({ length: 100 }, () => freshEpoch(monday, random));
  expect(new Set(made).size).toBe(100);
  for (const name of [...made, freshEpoch(0, () => 0), freshEpoch(2 ** 60, () => 0.999_999)]) {
    expect(epoch.safeParse(name).success).toBe(true);
    expect(validate(name) && version(name)).toBe(7);
  }
  expect(freshEpoch(monday, random).replaceAll('-', '').slice(0, 12)).toBe(
    monday.toString(16).padStart(12, '0'),
  );
});

test('the later one is told by its time alone', () => {
  const [first, second] = [freshEpoch(monday, () => 0.9), freshEpoch(monday + 1, () => 0.1)];
  expect(isEarlier(first, second)).toBe(true);
  expect(isEarlier(second, first)).toBe(false);
  expect(isEarlier(first, first)).toBe(false);
  expect(isEarlier(epoch.parse(first.toUpperCase()), second)).toBe(true);
});

test('a name that tells no time is neither earlier nor later', () => {
  const some = epoch.parse('some-life');
  expect(isEarlier(some, freshEpoch(monday, random))).toBe(false);
  expect(isEarlier(freshEpoch(0, random), some)).toBe(false);
});

test('one after others is later than each, also where the clock of this machine is behind', () => {
  const others = [freshEpoch(monday, random), epoch.parse('some-life'), undefined, freshEpoch(7, random)];
  const next = epochAfter(others, random);
  for (const other of others.filter((one) => one !== undefined && one !== 'some-life')) {
    expect(isEarlier(epoch.parse(other), next)).toBe(true);
  }
  expect(epochAfter([], random)).toMatch(/^00000000-0001-7/);
});
