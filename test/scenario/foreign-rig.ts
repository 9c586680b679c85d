import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { toStackConfig } from '../../src/scenario/stack-needs.ts';
import type { ForeignCommand } from '../../src/stack/foreign-command.ts';
import type { ProcessPool } from '../../src/stack/pool.ts';
import type { Stack, StackConfig } from '../../src/stack/stack.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { type Played, playOn } from './rig.ts';

const root = join(import.meta.dirname, '../..');

/** `collab-dev backend` as a stranger's command: it knows no more than the environment of a backend in any language. */
export const backendCommand = (overrides: Partial<ForeignCommand> = {}): ForeignCommand => ({
  command: [process.execPath, 'bin/collab-dev.js', 'backend'],
  cwd: root,
  env: {},
  ready: { http: '/readyz', withinMs: 30_000 },
  restart: 'never',
  stop: { signal: 'SIGTERM', graceMs: 5000 },
  dependsOn: {},
  ...overrides,
});

/** The same, but for some paths that it knows nothing of. */
export const without = (paths: readonly string[], overrides: Partial<ForeignCommand> = {}): ForeignCommand =>
  backendCommand({
    command: [process.execPath, 'test/fixtures-children/lesser-backend.ts', 'bin/collab-dev.js', ...paths],
    ...overrides,
  });

/** Kills an instance from outside as soon as the step in a line has started. */
export const killAt =
  (name: string, line: number) =>
  (stack: Stack): void => {
    const pid = stack.instances().find((instance) => instance.name === name)?.pid;
    if (pid === undefined) throw new Error(`${name} is not running`);
    stack.journal.subscribe((entries) => {
      const isThere = entries.some(
        (entry) => entry.type === 'scenario_step' && entry.line === line && entry.state === 'started',
      );
      if (isThere) process.kill(pid, 'SIGKILL');
    });
  };

/** Plays a scenario with commands in the places of some users' backends. */
export async function playWith(
  scenario: Scenario,
  pool: ProcessPool,
  commands: Readonly<Record<string, ForeignCommand>>,
  meddle: (stack: Stack) => void = () => {},
  overrides: Partial<Pick<StackConfig, 'topology' | 'tls'>> = {},
): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'foreign-'));
  try {
    const needs = toStackConfig(scenario);
    const users = needs.users.map((user) => {
      const backend = commands[user.name];
      return backend ? { ...user, backend } : user;
    });
    await using stack = await startStack(
      { ...needs, users, ports: 'auto', runId: 'test', folder, links: true, ...overrides },
      { pool },
    );
    meddle(stack);
    return await playOn(scenario, stack);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
