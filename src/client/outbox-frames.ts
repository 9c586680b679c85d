import { type SubmittedEvent, submittedEvent } from '../protocol/events.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Happening } from '../protocol/records.ts';
import type { OutboxRow } from './outbox-table.ts';
import type { Send } from './sender-stream.ts';

/** One row that goes out now, with its place in its recipient's stream. */
export interface Outgoing {
  readonly row: OutboxRow;
  readonly send: Send;
}

/** As many recipients as an event may name. */
const maxRecipients = 100;

/**
 * Puts the first sends of one event to several recipients into one frame; resends go alone. Frames leave in the order
 * of the rows, which is the order of each recipient's stream.
 */
export function inFrames(outgoing: readonly Outgoing[]): [Outgoing, ...Outgoing[]][] {
  const frames: [Outgoing, ...Outgoing[]][] = [];
  for (const next of outgoing.toSorted((one, other) => one.row.n - other.row.n)) {
    const last = frames.at(-1);
    if (last && mayJoin(last[0], next) && last.length < maxRecipients) last.push(next);
    else frames.push([next]);
  }
  return frames;
}

function mayJoin(first: Outgoing, next: Outgoing): boolean {
  const together = !first.send.alone && !next.send.alone;
  // What one recipient gets of an event may cover updates that another has already.
  const [{ from_version: from }, { from_version: nextFrom }] = [first.row.data, next.row.data];
  return (
    together && from === nextFrom && first.send.id === next.send.id && first.send.epoch === next.send.epoch
  );
}

/** The frame as the relay takes it; undefined for rows that are none, which only another hand can have written. */
export function frameOf(user: UserId, frame: readonly [Outgoing, ...Outgoing[]]): SubmittedEvent | undefined {
  const [{ row, send }] = frame;
  return submittedEvent.safeParse({
    id: row.event_id,
    type: row.type,
    from_user: user,
    to_users: frame.map(({ row: { recipient } }) => recipient),
    data: row.data,
    sent_at: row.created_at,
    epoch: send.epoch,
    seq: Object.fromEntries(frame.map(({ row: { recipient }, send: { seq } }) => [recipient, seq])),
    base: Object.fromEntries(frame.map(({ row: { recipient }, send: { base } }) => [recipient, base])),
    ...(row.cause !== null && { cause: row.cause }),
  }).data;
}

/** What is told of a frame that leaves; the attempt counts over all lives of the outbox. */
export function sentStep(user: UserId, frame: readonly [Outgoing, ...Outgoing[]]): Happening {
  const [{ row }] = frame;
  return {
    type: 'step',
    step: 'sent',
    event: row.event_id,
    kind: row.type,
    from: user,
    position: row.position_id,
    ...(row.cause !== null && { cause: row.cause }),
    recipients: frame.map(({ row: { recipient } }) => recipient),
    attempt: row.attempts + 1,
  };
}
