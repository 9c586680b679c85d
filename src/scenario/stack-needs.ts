import { userId } from '../protocol/ids.ts';
import type { Topology } from '../protocol/topology.ts';
import type { StackConfig } from '../stack/stack.ts';
import type { Scenario } from './scenario.ts';

/** The topology in which a scenario is played: that of its file, else the wanted one, else with a relay. */
export const topologyFor = (scenario: Pick<Scenario, 'topology'>, wanted?: Topology): Topology =>
  scenario.topology ?? wanted ?? 'relay';

/** The parts of a stack's configuration that a scenario decides. */
export function toStackConfig(
  scenario: Scenario,
  wanted?: Topology,
): Pick<StackConfig, 'topology' | 'users' | 'graceMs' | 'limits' | 'timing' | 'relays'> {
  const topology = topologyFor(scenario, wanted);
  return {
    ...(topology !== 'relay' && { topology }),
    users: scenario.users.map(({ name, friends, acks }) => ({
      name: userId.parse(name),
      displayName: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      friends: friends.map((friend) => userId.parse(friend)),
      acks,
    })),
    graceMs: scenario.graceMs,
    limits: scenario.limits,
    ...(scenario.sweepMs !== undefined && { timing: { sweep_ms: scenario.sweepMs } }),
    relays: scenario.relays,
  };
}
