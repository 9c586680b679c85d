import type { JournalRecord, StepName, StepRecord } from '../protocol/records.ts';

/** A step that must have happened before another one, in a process that can be named. */
export interface Need {
  readonly event: string;
  /** As in `gives`. */
  readonly step: string;
  /** Whose journal tells it; `relay` stands for any of its nodes. */
  readonly by: string;
}

type Rule = { readonly step: StepName; readonly by: 'sender' | 'relay' | 'recipient' };

/**
 * What must have happened elsewhere before a step can: the arrows between the processes in the life of an event.
 * Steps of one process need no rule, its file is in order.
 *
 *     sender     posted  saved  sent                                              settled
 *                                 ╲                                                  ↑
 *     relay                     accepted  looked_up  routed                     (the receipt)
 *                                                       ╲                            ↑
 *     recipient                                       received  committed  acknowledged  fetched  stored  notified
 *                                                                                                            ╲
 *     page                                                                                                  shown
 *
 * Of several nodes of a relay the sender's accepts, and the recipient's looks up and routes.
 */
function ruleOf(record: StepRecord): Rule | undefined {
  switch (record.step) {
    case 'accepted':
    case 'rejected':
      return { step: 'sent', by: 'sender' };
    case 'looked_up':
      return { step: 'accepted', by: 'relay' };
    case 'received':
      return { step: 'routed', by: 'relay' };
    case 'acknowledged':
    case 'fetched':
      return { step: 'committed', by: 'recipient' };
    case 'shown':
      return { step: 'notified', by: 'recipient' };
    case 'settled':
      return settledBy[record.stage];
    case 'posted':
    case 'saved':
    case 'sent':
    case 'routed':
    case 'committed':
    case 'stored':
    case 'notified':
    case 'withdrawn':
      return undefined;
    default:
      return record satisfies never;
  }
}

const settledBy: Readonly<Record<Extract<StepRecord, { step: 'settled' }>['stage'], Rule>> = {
  routed: { step: 'routed', by: 'relay' },
  unavailable: { step: 'looked_up', by: 'relay' },
  limited: { step: 'looked_up', by: 'relay' },
  delivered: { step: 'committed', by: 'recipient' },
  refused: { step: 'committed', by: 'recipient' },
  quarantined: { step: 'committed', by: 'recipient' },
  nacked: { step: 'received', by: 'recipient' },
};

/** What has to be seen before this record, if anything. */
export function needOf(record: JournalRecord): Need | undefined {
  if (record.type !== 'step') return undefined;
  const rule = ruleOf(record);
  if (!rule) return undefined;
  const to = 'to' in record ? record.to : undefined;
  const by = rule.by === 'relay' ? 'relay' : rule.by === 'sender' ? record.from : to;
  return by === undefined ? undefined : { event: record.event, step: stepKey(rule.step, to), by };
}

/** What others may wait for that this record tells. */
export function givenBy(record: JournalRecord): { event: string; step: string } | undefined {
  if (record.type !== 'step') return undefined;
  return { event: record.event, step: stepKey(record.step, 'to' in record ? record.to : undefined) };
}

/** Whether a process is one of those that `relay` stands for. */
export const isRelayNode = (process: string): boolean => /^relay(\.\d+)?$/.test(process);

/** Steps up to the relay are told once an event, those after it once a recipient. */
function stepKey(step: StepName, to: string | undefined): string {
  return step === 'sent' || step === 'accepted' || to === undefined ? step : `${step} ${to}`;
}
