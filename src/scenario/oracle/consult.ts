import { readRun } from '../../journal/read-run.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { JournalEntry } from '../../protocol/records.ts';
import type { Stack } from '../../stack/stack.ts';
import { openUserApi } from '../actor.ts';
import type { Act } from '../acts.ts';
import { isForeign } from '../foreign.ts';
import { isOfRelay } from '../reserved.ts';
import type { Evidence } from './evidence.ts';
import { type Judgement, judgeLedgers } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { readLedger } from './read-ledger.ts';
import { trafficOf } from './traffic.ts';

export interface Consultation {
  readonly stack: Stack;
  readonly acts: readonly Act[];
  readonly befriended: ReadonlyMap<UserId, readonly UserId[]>;
  readonly settled: boolean;
  readonly labelOf: (id: string) => string;
  readonly signal: AbortSignal;
}

/** Reads everything that a stack has left behind so far, and judges it. */
export async function consult({
  stack,
  signal,
  ...known
}: Consultation): Promise<{ readonly judgement: Judgement; readonly evidence: Evidence }> {
  const ledgers = new Map<UserId, Ledger>();
  for (const user of stack.users) {
    const isDown = stack.instances().some(({ name, state }) => name === user && state !== 'ready');
    const api = isDown ? undefined : openUserApi(stack, user, signal);
    const ledger = await readLedger(stack.folder, user, api, isForeign(stack, user));
    if (ledger) ledgers.set(user, ledger);
  }
  const evidence = {
    ...known,
    ledgers,
    traffic: trafficOf(await recordsOf(stack)),
    present: await presentOn(stack),
  };
  return { judgement: judgeLedgers(evidence, stack.users), evidence };
}

/** The whole journal; what is not held in memory any more is read from its files. */
async function recordsOf({ journal, folder }: Stack): Promise<readonly JournalEntry[]> {
  await journal.refresh();
  return journal.first <= 1 ? journal.since(1) : readRun(folder);
}

/** Whose backend answers, and is connected where there is a relay. */
async function presentOn(stack: Stack): Promise<ReadonlySet<UserId>> {
  const { by } = await stack.census();
  // A backend that says nothing of itself is there while the relay holds its connection.
  const held = [...by].flatMap(([name, answer]) => (isOfRelay(name) ? (answer?.links ?? []) : []));
  return new Set(
    stack.users.filter((user) => {
      const answer = by.get(stack.topology === 'single' ? 'backend' : user);
      if (!answer && isForeign(stack, user)) return held.some((link) => link.user === user);
      return answer !== undefined && (stack.topology !== 'relay' || answer.links.length > 0);
    }),
  );
}
