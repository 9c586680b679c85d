import { userId } from '../../../src/protocol/ids.ts';
import type { JournalEntry } from '../../../src/protocol/records.ts';
import { journalRecord } from '../../../src/protocol/records.ts';
import type { Act, ActOutcome, Deed } from '../../../src/scenario/acts.ts';
import type { Evidence } from '../../../src/scenario/oracle/evidence.ts';
import { judgeLedgers } from '../../../src/scenario/oracle/judge.ts';
import { type Ledger, ledger } from '../../../src/scenario/oracle/ledger.ts';
import { trafficOf } from '../../../src/scenario/oracle/traffic.ts';

export const alice = userId.parse('alice');
export const bob = userId.parse('bob');
export const carol = userId.parse('carol');

type Row = Record<string, unknown>;

/** What a test says of a ledger; everything else is empty or as it is in the plainest case. */
export interface Draft {
  readonly positions?: readonly Row[];
  readonly comments?: readonly Row[];
  readonly grants?: readonly Row[];
  readonly outbox?: readonly Row[];
  readonly inbox?: readonly Row[];
  readonly friends?: readonly (string | Row)[];
  readonly notices?: readonly Row[];
  readonly unseen?: Ledger['unseen'];
}

export function aLedger(user: string, draft: Draft): Ledger {
  const outbox = {
    type: 'position_shared',
    position: 'berlin',
    stage: 'delivered',
    settled: true,
    attempts: 1,
  };
  const inbox = { type: 'position_shared', position: 'berlin', outcome: 'applied' };
  return ledger.parse({
    user,
    positions: (draft.positions ?? []).map((row) => ({
      id: 'berlin',
      version: 1,
      content: '{"notes":""}',
      ...row,
    })),
    comments: (draft.comments ?? []).map((row) => ({ position: 'berlin', text: 'Hello', ...row })),
    grants: (draft.grants ?? []).map((row) => ({ position: 'berlin', share: 's1', ...row })),
    outbox: (draft.outbox ?? []).map((row, at) => ({ ...outbox, n: at + 1, event: `e${at + 1}`, ...row })),
    inbox: (draft.inbox ?? []).map((row, at) => ({ ...inbox, n: at + 1, event: `e${at + 1}`, ...row })),
    friends: (draft.friends ?? []).map((one) =>
      typeof one === 'string' ? { user: one, state: 'friend' } : one,
    ),
    notices: draft.notices ?? [],
    unseen: draft.unseen ?? [],
  });
}

/** Alice owns berlin and has shared it with her friend bob, who holds it. */
export const sharing = {
  alice: {
    positions: [{ owner: alice, state: 'own' }],
    grants: [{ reader: bob }],
    outbox: [{ to: bob, share: 's1' }],
    friends: ['bob'],
  },
  bob: {
    positions: [{ owner: alice, state: 'copy', share: 's1' }],
    inbox: [{ from: alice }],
    friends: ['alice'],
  },
} satisfies Record<string, Draft>;

interface Case {
  readonly acts?: readonly Act[];
  readonly journal?: readonly JournalEntry[];
  readonly befriended?: Readonly<Record<string, readonly string[]>>;
  readonly present?: readonly string[];
  readonly settled?: boolean;
}

export function evidenceOf(drafts: Readonly<Record<string, Draft>>, facts: Case = {}): Evidence {
  const users = Object.keys(drafts).map((user) => userId.parse(user));
  return {
    ledgers: new Map(users.map((user) => [user, aLedger(user, drafts[user] ?? {})])),
    acts: facts.acts ?? [],
    traffic: trafficOf(facts.journal ?? []),
    befriended: new Map(
      Object.entries(facts.befriended ?? {}).map(([user, friends]) => [
        userId.parse(user),
        friends.map((friend) => userId.parse(friend)),
      ]),
    ),
    present: new Set(facts.present?.map((user) => userId.parse(user)) ?? users),
    settled: facts.settled ?? true,
    labelOf: (id) => id,
  };
}

/** What the judge says about some ledgers, as `name: message`. */
export function judged(drafts: Readonly<Record<string, Draft>>, facts: Case = {}): string[] {
  const evidence = evidenceOf(drafts, facts);
  const { findings } = judgeLedgers(evidence, [...evidence.ledgers.keys()]);
  return findings.map(({ name, message, certain }) => `${name}${certain ? '' : '?'}: ${message}`);
}

/** Records of one process in their order, as a merged journal has them. */
export function told(process: string, ...records: readonly Row[]): JournalEntry[] {
  return records.map((record, at) => ({
    ...journalRecord.parse({
      at,
      kind: 'position_shared',
      from: alice,
      event: 'e1',
      position: 'berlin',
      ...record,
    }),
    n: at + 1,
    process,
  }));
}

let count = 0;

export function anAct(user: string, deed: Deed, outcome: ActOutcome, more: Partial<Act> = {}): Act {
  count += 2;
  return {
    user: userId.parse(user),
    what: `${deed.do} it`,
    deed,
    cause: undefined,
    range: undefined,
    wantsMore: false,
    began: count,
    ended: count + 1,
    outcome,
    ...more,
  };
}
