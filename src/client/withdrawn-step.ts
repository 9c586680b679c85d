import type { EventId, UserId } from '../protocol/ids.ts';
import type { Happening, StepRecord } from '../protocol/records.ts';
import type { OutboxRow } from './outbox-table.ts';

type Withdrawn = Extract<StepRecord, { step: 'withdrawn' }>;

/** What is told of a row that its sender gave up, once that is committed. */
export function withdrawnStep(
  user: UserId,
  row: Pick<OutboxRow, 'event_id' | 'type' | 'position_id' | 'cause' | 'recipient'>,
  why: Withdrawn['why'],
  into?: EventId,
): Happening {
  return {
    type: 'step',
    step: 'withdrawn',
    event: row.event_id,
    kind: row.type,
    from: user,
    position: row.position_id,
    ...(row.cause !== null && { cause: row.cause }),
    to: row.recipient,
    why,
    ...(into !== undefined && { into }),
  };
}
