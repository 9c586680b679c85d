import { type UserId, userId } from '../protocol/ids.ts';
import type { Stack } from '../stack/stack.ts';
import type { Run } from './open-run.ts';
import { consult } from './oracle/consult.ts';
import { historyOf } from './oracle/history.ts';
import type { Resolution } from './oracle/resolve-act.ts';
import { notCarriedOut } from './run-problems.ts';
import type { Scenario } from './scenario.ts';
import { type Finding, findingAt } from './verdict.ts';

export interface OracleReport {
  /** The findings of the steps, where acts without an answer have been looked up, and the oracle's own. */
  readonly findings: readonly Finding[];
  readonly notChecked: readonly string[];
}

/**
 * Looks at everything that no step has looked at. `settled`: nothing is under way any more; else what may still come
 * right makes a verdict inconclusive, not failed. `finished`: every step was played.
 */
export async function consultOracle(
  scenario: Scenario,
  run: Run,
  stack: Stack,
  facts: { readonly found: readonly Finding[]; readonly settled: boolean; readonly finished: boolean },
  signal: AbortSignal,
): Promise<OracleReport> {
  const { source, users } = scenario;
  const { names } = run.context(signal);
  const befriended = new Map<UserId, UserId[]>(
    users.map(({ name, friends }) => [userId.parse(name), friends.map((friend) => userId.parse(friend))]),
  );
  const { judgement, evidence } = await consult({
    stack,
    acts: run.acts.all,
    befriended,
    settled: facts.settled,
    labelOf: (id) => names.labelOf(id),
    signal,
  });
  const top = { start: 0, end: Math.max(1, source.line(1).length) };
  const own = judgement.findings.map((one) => {
    const { name: code, message, certain, act } = one;
    stack.journal.tell({ type: 'note', level: 'warn', code: `oracle_${code}`, text: `${code}: ${message}` });
    const outcome = certain ? 'failed' : 'inconclusive';
    const problem = { code, message: `${code}: ${message}`, exit: certain ? 1 : 4 } as const;
    return findingAt(source, act?.range ?? top, outcome, problem, historyOf(one, evidence));
  });
  return {
    findings: [...lookedUp(scenario, facts, judgement.resolved), ...own],
    notChecked: judgement.notChecked,
  };
}

/** Replaces what was not known about an act by what its actor's database says. */
function lookedUp(
  { source }: Scenario,
  { found, finished }: { readonly found: readonly Finding[]; readonly finished: boolean },
  resolved: readonly Resolution[],
): Finding[] {
  return found.flatMap((finding) => {
    if (finding.problem.code !== 'act-unknown') return [finding];
    const mine = resolved.filter(
      ({ act: { range } }) => range && source.at(range.start).line === finding.line,
    );
    const undone = mine.find(({ act, was }) => was === 'not carried out' && !act.wantsMore);
    if (undone?.act.range) {
      const { user, what, range } = undone.act;
      return [findingAt(source, range, 'failed', notCarriedOut(user, what))];
    }
    const isDone = mine.length > 0 && mine.every(({ act, was }) => was === 'carried out' && !act.wantsMore);
    return isDone && finished ? [] : [finding];
  });
}
