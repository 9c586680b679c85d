import type { UserId } from '../../protocol/ids.ts';
import type { Evidence } from './evidence.ts';
import type { OracleFinding } from './finding.ts';
import { judgeActs } from './judge-acts.ts';
import { judgeCopies } from './judge-copies.ts';
import { judgeLeaks } from './judge-leaks.ts';
import { judgeStreams } from './judge-streams.ts';
import { judgeThreads } from './judge-threads.ts';
import type { LedgerPart } from './ledger.ts';
import type { Resolution } from './resolve-act.ts';

export interface Judgement {
  readonly findings: readonly OracleFinding[];
  /** The acts that got no answer. */
  readonly resolved: readonly Resolution[];
  /** What nobody looked at, a sentence each: never to be taken for passed. */
  readonly notChecked: readonly string[];
}

/**
 * Holds everything that a run has left behind against what it had promised. Pure: what is read, and how, is the
 * drivers' business.
 */
export function judgeLedgers(evidence: Evidence, users: readonly UserId[]): Judgement {
  const { findings, resolved } = judgeActs(evidence);
  return {
    findings: [
      ...findings,
      ...judgeStreams(evidence),
      ...judgeCopies(evidence),
      ...judgeThreads(evidence),
      ...judgeLeaks(evidence),
    ],
    resolved,
    notChecked: notChecked(evidence, users),
  };
}

/** What rests on each part. */
const rests: Readonly<Record<LedgerPart, string>> = {
  grants: 'under which grant a copy is held, and who wrote which comment',
  fetching: 'what is still being fetched',
  leaving: 'revokes to friends who are being left',
  causes: 'which act an event came from',
  'old outbox rows': 'events beyond the newest that its outbox shows',
  inbox: 'which events were received, how often and in which order',
  threads: 'comments',
};

function notChecked({ ledgers, traffic }: Evidence, users: readonly UserId[]): string[] {
  const lines = users.flatMap((user) => {
    const ledger = ledgers.get(user);
    if (!ledger) return [`${user}: the backend cannot be read, so nothing of it was checked`];
    const unseen = ledger.unseen.map((part) => rests[part]);
    return unseen.length > 0 ? [`${user}: ${unseen.join('; ')}`] : [];
  });
  return traffic ? lines : [...lines, 'what was handed to sockets and served to peers: there is no journal'];
}
