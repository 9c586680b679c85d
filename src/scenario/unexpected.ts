import type { Run } from './open-run.ts';
import type { Scenario } from './scenario.ts';
import { describeSeen } from './wanted.ts';

/**
 * The events that some backend has applied so far and no step has claimed, a line each. One that was seen at the page counts as
 * claimed at the backend too.
 */
export async function unclaimed(scenario: Scenario, run: Run, signal: AbortSignal): Promise<string[]> {
  if (scenario.unexpected === 'ignore') return [];
  const { names } = run.context(signal);
  const lines = await Promise.all(
    run.actors.map(async ({ user, inbox, page }) => {
      await inbox.refresh();
      const shown = page.observed.filter(({ n }) => page.claimed.has(n)).map(({ event }) => event);
      return inbox.observed
        .filter(({ n, applied, event }) => applied && !inbox.claimed.has(n) && !shown.includes(event))
        .map((one) => `${user} got ${describeSeen(one, (id) => names.labelOf(id))}`);
    }),
  );
  return lines.flat();
}
