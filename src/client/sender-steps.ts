import type { OutboxEntry } from '../protocol/backend-rest.ts';
import type { Epoch, EventId } from '../protocol/ids.ts';
import { epochAfter } from './epochs.ts';
import type { HeldRow, Moment, Move, SenderStream, Step } from './sender-state.ts';

/** A shut bucket or a busy recipient that does not say for how long. */
export const defaultRetryMs = 1000;

export function replace(stream: SenderStream, index: number, row: HeldRow): SenderStream {
  return { ...stream, rows: stream.rows.with(index, row) };
}

/** Everything from `index` on is to be sent again: go-back-N. */
export function dueFrom(stream: SenderStream, index: number): SenderStream {
  const rows = stream.rows.map((row, at): HeldRow => (at < index ? row : { ...row, state: 'due' }));
  return { ...stream, rows };
}

/**
 * Goes back to the lowest row that has had its answer. Rows without a reply yet are on their way to wherever the
 * recipient is now, so sending them again would only double them; if they are lost, their reply is missed.
 */
export function rewind(stream: SenderStream): SenderStream {
  const index = stream.rows.findIndex(({ state }) => state !== 'submitted');
  return index < 0 ? stream : dueFrom(stream, index);
}

/** The recipient is there: what was unavailable is due. A hold is kept, for the bucket stays shut. */
export function open(stream: SenderStream): SenderStream {
  return stream.phase.id === 'parked' ? redue({ ...stream, phase: { id: 'sending' } }) : stream;
}

/** Everything gets a new number, in a life that is later than the present one and any that the recipient knows of. */
export function renumbered(
  stream: SenderStream,
  above: Epoch | undefined,
  { random }: Pick<Moment, 'random'>,
): SenderStream {
  const rows = stream.rows.map((row) => ({ ...row, seq: undefined }));
  return { ...stream, rows, nextSeq: 1, epoch: epochAfter([stream.epoch, above], random) };
}

export function hold(stream: SenderStream, until: number): SenderStream {
  const { phase } = stream;
  const latest = phase.id === 'held' ? Math.max(phase.until, until) : until;
  return { ...stream, phase: { id: 'held', until: latest } };
}

export function expireHold(stream: SenderStream, now: number): SenderStream {
  const { phase } = stream;
  if (phase.id !== 'held' || now < phase.until) return stream;
  return redue({ ...stream, phase: { id: 'sending' } });
}

function redue(stream: SenderStream): SenderStream {
  const index = stream.rows.findIndex(({ state }) => state === 'unavailable' || state === 'due');
  return index < 0 ? stream : dueFrom(stream, index);
}

/** The rows at these places are done. */
export function settle(
  stream: SenderStream,
  indices: readonly number[],
  stage: OutboxEntry['stage'],
  code?: string,
): Step {
  const done = new Set(indices);
  const moves = stream.rows
    .filter((_row, index) => done.has(index))
    .map(({ n, id }): Move => ({ n, id, stage, code, settled: true }));
  return { stream: { ...stream, rows: stream.rows.filter((_row, index) => !done.has(index)) }, moves };
}

/** Compares the rows that are held with the pending ones of the table, by their event. */
export function heldOtherwise(
  { rows }: SenderStream,
  pending: ReadonlyMap<number, EventId>,
): { readonly gone: ReadonlySet<number>; readonly replaced: ReadonlyMap<number, EventId> } {
  const gone = new Set<number>();
  const replaced = new Map<number, EventId>();
  for (const { n, id } of rows) {
    const now = pending.get(n);
    if (now === undefined) gone.add(n);
    else if (now !== id) replaced.set(n, now);
  }
  return { gone, replaced };
}
