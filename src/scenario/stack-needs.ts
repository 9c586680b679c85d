import { userId } from '../protocol/ids.ts';
import type { StackConfig } from '../stack/stack.ts';
import type { Scenario } from './scenario.ts';

/** The parts of a stack's configuration that a scenario decides. */
export function toStackConfig(
  scenario: Scenario,
): Pick<StackConfig, 'users' | 'graceMs' | 'limits' | 'timing'> {
  return {
    users: scenario.users.map(({ name, friends, acks }) => ({
      name: userId.parse(name),
      displayName: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      friends: friends.map((friend) => userId.parse(friend)),
      acks,
    })),
    graceMs: scenario.graceMs,
    limits: scenario.limits,
    ...(scenario.sweepMs !== undefined && { timing: { sweep_ms: scenario.sweepMs } }),
  };
}
