import { recordWords } from '../../journal/record-words.ts';
import type { EventId, UserId } from '../../protocol/ids.ts';
import type { Evidence } from './evidence.ts';
import type { OracleFinding } from './finding.ts';

/** So many records of an event are shown; `explain` shows all. */
const shownRecords = 12;

/** What is known of the event behind a finding, a line each: its outbox row, its inbox record, its records in order. */
export function historyOf({ event, user }: OracleFinding, evidence: Evidence): string[] {
  if (event === undefined) return [];
  return [...rowLines(event, user, evidence), ...recordLines(event, user, evidence)];
}

function rowLines(event: EventId, user: UserId, { ledgers, labelOf }: Evidence): string[] {
  return [...ledgers.values()].flatMap((ledger) => [
    ...ledger.outbox
      .filter((row) => row.event === event && (row.to === user || ledger.user === user))
      .map(({ type, position, to, stage, code, settled, attempts }) => {
        const state = [stage, code].filter(Boolean).join(' ');
        const sent = `sent ${attempts} ${attempts === 1 ? 'time' : 'times'}`;
        return `${ledger.user}'s outbox: ${type} about ${labelOf(position)} to ${to}, ${state}, ${sent}${settled ? '' : ', waiting'}`;
      }),
    ...ledger.inbox
      .filter((row) => row.event === event)
      .map(({ n, from, outcome, code }) => {
        const state = [outcome, code].filter(Boolean).join(' ');
        return `${ledger.user}'s inbox: number ${n}, from ${from}, ${state}`;
      }),
  ]);
}

function recordLines(event: EventId, user: UserId, { traffic }: Evidence): string[] {
  const all = traffic?.steps.get(event) ?? [];
  const steps = all.filter((step) => !('to' in step) || step.to === user || step.from === user);
  const start = steps[0]?.at ?? 0;
  const lines = steps.map((step) => `${(step.at - start).toFixed(1).padStart(8)} ms  ${recordWords(step)}`);
  const more = lines.length - shownRecords;
  return [
    `event ${event}`,
    ...lines.slice(0, shownRecords),
    ...(more > 0 ? [`and ${more} more, in "collab-dev explain ${event}"`] : []),
  ];
}
