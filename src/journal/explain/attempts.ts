import type { JournalEntry } from '../../protocol/records.ts';
import { recordWords } from '../record-words.ts';
import type { StepEntry } from './chronicle.ts';
import type { ExplainedRecipient } from './explanation.ts';
import { eats, evidenceOf } from './judge-recipient.ts';

type Attempt = ExplainedRecipient['attempts'][number];

/** What belongs to an attempt to deliver; the steps before and after it are not of one attempt. */
const ofAttempts: ReadonlySet<StepEntry['step']> = new Set([
  'sent',
  'accepted',
  'rejected',
  'looked_up',
  'routed',
  'received',
  'committed',
  'acknowledged',
  'settled',
]);

/**
 * Each time that an event was sent to one recipient, with what was seen of it until the next time. A sender that keeps
 * no journal is seen by the relay only: each `accepted` then begins an attempt. `entries` are the event's own.
 */
export function attemptsOf(entries: readonly JournalEntry[]): Attempt[] {
  const told = entries.filter(
    (entry) => entry.type === 'link_fault' || (entry.type === 'step' && ofAttempts.has(entry.step)),
  );
  const begins = told.some((entry) => entry.type === 'step' && entry.step === 'sent') ? 'sent' : 'accepted';
  const groups: JournalEntry[][] = [];
  for (const entry of told) {
    const isFirst = entry.type === 'step' && entry.step === begins;
    const open = groups.at(-1);
    if (isFirst || !open) groups.push([entry]);
    else open.push(entry);
  }
  return groups.flatMap((group, index) => {
    const [first] = group;
    const last = group.at(-1);
    if (!first || !last) return [];
    const attempt = first.type === 'step' && first.step === 'sent' ? first.attempt : index + 1;
    return [
      { attempt, at: first.at, words: recordWords(telling(group) ?? last), records: group.map(evidenceOf) },
    ];
  });
}

/** What says best how an attempt ended: the recipient's word, else the fault that ate it, else how far it was seen. */
function telling(group: readonly JournalEntry[]): JournalEntry | undefined {
  const isStep = (entry: JournalEntry, ...names: readonly string[]): boolean =>
    entry.type === 'step' && names.includes(entry.step);
  return (
    group.findLast((entry) => isStep(entry, 'committed')) ??
    group.findLast((entry) => entry.type === 'link_fault' && eats(entry)) ??
    group.findLast((entry) => !isStep(entry, 'settled', 'acknowledged'))
  );
}
