import type { Fixtures } from '../../scenario/parse.ts';
import type { Scenario, ScenarioPosition } from '../../scenario/scenario.ts';

/**
 * Positions for everybody, so that whoever looks into a backend finds something to share: the shipped ones that are not
 * used yet are dealt out in turn.
 */
export function dealtOut(
  users: readonly string[],
  used: readonly ScenarioPosition[],
  fixtures: Fixtures,
): ScenarioPosition[] {
  const taken = new Set(used.map(({ name }) => name));
  const free = [...fixtures].filter(([name]) => !taken.has(name));
  const rounds = Math.max(users.length, free.length);
  const dealt = Array.from({ length: free.length === 0 ? 0 : rounds }, (_, turn): ScenarioPosition[] => {
    const owner = users[turn % users.length];
    const [name, draft] = free[turn % free.length] ?? [];
    if (owner === undefined || name === undefined || draft === undefined) return [];
    // More users than positions: the same one again, under another name.
    return [{ owner, name: turn < free.length ? name : `${name}-${owner}`, draft }];
  });
  return dealt.flat();
}

/** The scenario with what else its users have, and with users who have no part in its steps. */
export function withPositions(
  scenario: Scenario,
  users: readonly string[],
  positions: readonly ScenarioPosition[],
): Scenario {
  const there = new Set(scenario.positions.map(({ name }) => name));
  return {
    ...scenario,
    users: [
      ...scenario.users,
      ...users
        .filter((user) => !scenario.users.some(({ name }) => name === user))
        .map((name) => ({ name, friends: [], acks: true })),
    ],
    positions: [...scenario.positions, ...positions.filter(({ name }) => !there.has(name))],
  };
}
