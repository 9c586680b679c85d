import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readRun } from '../../journal/read-run.ts';
import { type UserId, userId } from '../../protocol/ids.ts';
import { leftoversOf } from '../../stack/run-folder.ts';
import type { Evidence } from './evidence.ts';
import type { OracleFinding } from './finding.ts';
import { historyOf } from './history.ts';
import { judgeLedgers } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { readLedger } from './read-ledger.ts';
import { trafficOf } from './traffic.ts';

/** What the ledgers of a run say, without a scenario: nobody's acts are known. */
export interface CheckedRun {
  readonly users: readonly UserId[];
  /** Whose database could be read: a command in somebody's place keeps its own. */
  readonly read: readonly UserId[];
  /** Some of its processes run: what differs may still come right. */
  readonly live: boolean;
  readonly findings: readonly (OracleFinding & { readonly history: readonly string[] })[];
  readonly notChecked: readonly string[];
}

/** Between two looks at a run that goes on; what both find is more than a change that one look fell into. */
const betweenLooksMs = 300;

const acts = 'what users were told about their acts: only a scenario writes that down';

/** Judges what a run has left in its folder, or holds there now. Reads, and changes nothing. */
export async function checkRun(runFolder: string, labelOf: (id: string) => string): Promise<CheckedRun> {
  const live = (await leftoversOf(runFolder)).length > 0;
  const users = await usersIn(runFolder);
  const first = await look(runFolder, users, live, labelOf);
  const again = live ? await wait(betweenLooksMs).then(() => look(runFolder, users, live, labelOf)) : first;
  const before = new Set(first.findings.map(({ message }) => message));
  return {
    users,
    read: again.read,
    live,
    findings: again.findings.filter(({ message }) => before.has(message)),
    notChecked: [...again.notChecked, acts],
  };
}

async function look(
  runFolder: string,
  users: readonly UserId[],
  live: boolean,
  labelOf: (id: string) => string,
): Promise<Pick<CheckedRun, 'read' | 'findings' | 'notChecked'>> {
  const ledgers = new Map<UserId, Ledger>();
  for (const user of users) {
    const ledger = await readLedger(runFolder, user, undefined);
    if (ledger) ledgers.set(user, ledger);
  }
  const evidence: Evidence = {
    ledgers,
    acts: [],
    traffic: trafficOf(await readRun(runFolder)),
    befriended: new Map(),
    // Whether somebody is connected now is not written down: then waiting is no loss.
    present: new Set(),
    settled: !live,
    labelOf,
  };
  const { findings, notChecked } = judgeLedgers(evidence, users);
  return {
    read: [...ledgers.keys()],
    findings: findings.map((one) => ({ ...one, history: historyOf(one, evidence) })),
    notChecked,
  };
}

/** Who has data here. */
async function usersIn(runFolder: string): Promise<UserId[]> {
  const names = await readdir(join(runFolder, 'data')).catch((): string[] => []);
  return names.toSorted().flatMap((name) => userId.safeParse(name).data ?? []);
}
