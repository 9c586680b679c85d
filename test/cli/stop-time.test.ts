import { expect, test } from 'vitest';
import { gracesOf } from '../../src/cli/supervisor/stop-time.ts';
import type { ForeignCommand } from '../../src/stack/foreign-command.ts';

const ending = (graceMs: number, ...on: readonly string[]): ForeignCommand => ({
  command: 'true',
  cwd: '/',
  env: {},
  ready: undefined,
  restart: 'never',
  stop: { signal: 'SIGTERM', graceMs },
  dependsOn: Object.fromEntries(on.map((name) => [name, 'ready'])),
});

test('a stop may take as long as the graces of those that wait for one another', () => {
  expect(gracesOf({})).toBe(0);
  const services = { mail: ending(9000), database: ending(5000, 'disk'), disk: ending(1000) };
  const backends = { python: ending(2000, 'database', 'mail') };
  expect(gracesOf({ commands: { backends: {}, assigned: {}, services, tasks: {} } })).toBe(9000);
  expect(gracesOf({ commands: { backends, assigned: {}, services, tasks: {} } })).toBe(11_000);
  const circle = { one: ending(1000, 'two'), two: ending(1000, 'one') };
  expect(gracesOf({ commands: { backends: {}, assigned: {}, services: circle, tasks: {} } })).toBeLessThan(
    4000,
  );
});
