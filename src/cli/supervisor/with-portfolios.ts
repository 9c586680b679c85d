import type { Fixtures } from '../../scenario/parse.ts';
import type { Scenario, ScenarioPosition } from '../../scenario/scenario.ts';

/**
 * The scenario with positions for everybody, so that whoever looks into a backend finds something to share: the shipped
 * ones that the scenario does not use are dealt out in turn.
 */
export function withPortfolios(scenario: Scenario, users: readonly string[], fixtures: Fixtures): Scenario {
  const used = new Set(scenario.positions.map(({ name }) => name));
  const free = [...fixtures].filter(([name]) => !used.has(name));
  const rounds = Math.max(users.length, free.length);
  const dealt = Array.from({ length: free.length === 0 ? 0 : rounds }, (_, turn): ScenarioPosition[] => {
    const owner = users[turn % users.length];
    const [name, draft] = free[turn % free.length] ?? [];
    if (owner === undefined || name === undefined || draft === undefined) return [];
    // More users than positions: the same one again, under another name.
    return [{ owner, name: turn < free.length ? name : `${name}-${owner}`, draft }];
  });
  return {
    ...scenario,
    users: [
      ...scenario.users,
      ...users
        .filter((user) => !scenario.users.some(({ name }) => name === user))
        .map((name) => ({ name, friends: [], acks: true })),
    ],
    positions: [...scenario.positions, ...dealt.flat()],
  };
}
