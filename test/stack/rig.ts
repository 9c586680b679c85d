import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type UserId, userId } from '../../src/protocol/ids.ts';
import type { ChildFiles } from '../../src/stack/children.ts';
import { createPool, type PoolOptions } from '../../src/stack/pool.ts';
import type { StackConfig } from '../../src/stack/stack.ts';

const fixtures = join(import.meta.dirname, '../fixtures-children');

/** The real links with a puppet in the place of the relay and of each backend, straight from the sources. */
export const puppets: ChildFiles = {
  relay: join(fixtures, 'puppet.ts'),
  backend: join(fixtures, 'puppet.ts'),
  links: join(import.meta.dirname, '../../src/stack/links/main.ts'),
  pages: join(fixtures, 'puppet.ts'),
};

export const puppetPool = (options: Omit<PoolOptions, 'files'> = {}) =>
  createPool({ files: puppets, ...options });

export const user = (name: string): UserId => userId.parse(name);

/** A folder that is gone at the end of the test. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'collab-dev-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function aStack(
  folder: string,
  names: readonly string[],
  overrides: Partial<StackConfig> = {},
): StackConfig {
  const users = names.map((name) => ({
    name: user(name),
    displayName: name,
    friends: names.filter((other) => other !== name).map(user),
    acks: true,
  }));
  return { users, ports: 'auto', runId: 'run-1', folder, graceMs: 300, links: true, ...overrides };
}

/** Whether any process of the group that a child led still runs. One that only waits for init to reap it does not. */
export function groupLives(leader: number): boolean {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(group) === leader && state !== 'Z') return true;
    } catch {
      // It ended while we looked.
    }
  }
  return false;
}
