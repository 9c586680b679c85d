import { join } from 'node:path';
import process from 'node:process';
import manifest from '../../package.json' with { type: 'json' };
import { fixturesAbove } from '../scenario/discover.ts';
import { loadPortfolios } from '../scenario/portfolios.ts';
import { childEnvironment } from '../stack/child-environment.ts';
import type { StackOptions, TestStack } from './stack-types.ts';
import { openTestStack } from './test-stack.ts';

export type * from './data-types.ts';
export type * from './stack-types.ts';
export { Unmet, type UnmetParts } from './unmet.ts';
export type * from './user-types.ts';

/**
 * Starts a relay and one backend a user, on free ports of this machine, and resolves when everybody is connected and
 * knows who is there. `await using` ends all of it; nothing that was started runs then.
 *
 * ```js
 * await using stack = await startStack({
 *   users: ['alice', 'bob'],
 *   friends: [['alice', 'bob']],
 *   positions: { alice: ['berlin-calls'] },
 * });
 * const { alice, bob } = stack.users;
 * await alice.share('berlin-calls', { with: 'bob' });
 * await bob.receives('position_shared', { from: 'alice' });
 * ```
 *
 * @throws an error with `code`, `message` and `hint` for options that are wrong, and for a stack that does not start
 */
export async function startStack<const Name extends string>(
  options: StackOptions<Name>,
): Promise<TestStack<Name>> {
  return openTestStack(options, {
    fixtures: await loadPortfolios(join(fixturesAbove(import.meta.dirname), 'portfolios')),
    cwd: process.cwd(),
    environment: childEnvironment(process.env),
    version: manifest.version,
  });
}
