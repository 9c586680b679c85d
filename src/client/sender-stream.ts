import type { Epoch, EventId } from '../protocol/ids.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import { aroundPeriod } from './backoff.ts';
import { afterReceipts } from './sender-receipts.ts';
import type {
  HeldRow,
  Moment,
  Move,
  SenderInput,
  SenderSettings,
  SenderStream,
  Step,
} from './sender-state.ts';
import {
  defaultRetryMs,
  dueFrom,
  expireHold,
  hold,
  open,
  renumbered,
  replace,
  rewind,
  settle,
} from './sender-steps.ts';

/** How many rows should be taken in from the table now. */
export function roomFor(stream: SenderStream, { window }: SenderSettings): number {
  return stream.more ? window - stream.rows.length : 0;
}

/** Decides what an input means. Sends nothing: see takeSends. */
export function advance(
  stream: SenderStream,
  input: SenderInput,
  at: Moment,
  settings: SenderSettings,
): Step {
  switch (input.type) {
    case 'added':
      return still({ ...stream, more: true });
    case 'rows':
      return still(taken(stream, input.rows, input.more));
    case 'dropped':
      return still({ ...stream, rows: stream.rows.filter(({ n }) => !input.rows.has(n)) });
    case 'replaced': {
      const rows = stream.rows.map((row) => ({ ...row, id: input.rows.get(row.n) ?? row.id }));
      return still({ ...stream, rows });
    }
    case 'connected':
      return still(dueFrom({ ...open(stream), online: true, strikes: 0 }, 0));
    case 'disconnected':
      return still(dueFrom({ ...open(stream), online: false }, 0));
    case 'reply':
      return afterReply(stream, input.n, input.reply, input.shared, at);
    case 'receipts':
      return afterReceipts(stream, input.receipts, at, settings);
    case 'restarted':
      return still(dueFrom(renumbered(stream, undefined, at), 0));
    case 'wake':
      return still(rewind({ ...open(stream), strikes: 0 }));
    case 'absent':
      return still(parkAll(stream));
    case 'tick':
      return still(afterTime(stream, at, settings));
    default:
      return input satisfies never;
  }
}

/** When the stream wants its next tick; infinity for never. */
export function nextTick(stream: SenderStream): number {
  if (stream.phase.id === 'held') return stream.phase.until;
  if (!stream.online || stream.rows.length === 0) return Number.POSITIVE_INFINITY;
  let next = stream.resendAt;
  for (const row of stream.rows) if (row.state === 'submitted') next = Math.min(next, row.replyBy);
  return next;
}

const still = (stream: SenderStream): Step => ({ stream, moves: [] });

function taken(
  stream: SenderStream,
  rows: readonly { n: number; id: EventId }[],
  more: boolean,
): SenderStream {
  const held = rows.map(
    ({ n, id }): HeldRow => ({ n, id, state: 'due', seq: undefined, sends: 0, alone: false, replyBy: 0 }),
  );
  const lastTaken = held.at(-1)?.n ?? stream.lastTaken;
  return { ...stream, rows: [...stream.rows, ...held], lastTaken, more };
}

function afterReply(stream: SenderStream, n: number, reply: SubmitReply, shared: boolean, at: Moment): Step {
  const index = stream.rows.findIndex((row) => row.n === n);
  const row = stream.rows[index];
  if (!row) return still(stream);
  switch (reply.status) {
    case 'accepted': {
      // The receipt may have overtaken the reply, and a row that is due again stays due.
      if (row.state !== 'submitted') return still(stream);
      const move: Move = { n, id: row.id, stage: 'accepted' };
      return { stream: replace(stream, index, { ...row, state: 'accepted' }), moves: [move] };
    }
    case 'limited': {
      const until = at.now + (reply.retry_after_ms ?? defaultRetryMs);
      const move: Move = { n, id: row.id, stage: 'limited', code: reply.scope ?? reply.code };
      return { stream: dueFrom(hold(stream, until), index), moves: [move] };
    }
    case 'rejected': {
      // What is wrong with a frame for many may be right for each of them: the number maps make it longer.
      if (shared) return still(dueFrom(replace(stream, index, { ...row, alone: true }), index));
      return settle(stream, [index], 'refused', reply.code ?? 'rejected');
    }
    default:
      return reply.status satisfies never;
  }
}

function parkAll(stream: SenderStream): SenderStream {
  if (stream.rows.length === 0 || stream.phase.id === 'held') return stream;
  const rows = stream.rows.map(
    (row): HeldRow => (row.state === 'due' ? row : { ...row, state: 'unavailable' }),
  );
  return { ...stream, phase: { id: 'parked' }, rows };
}

function afterTime(before: SenderStream, { now, random }: Moment, settings: SenderSettings): SenderStream {
  const stream = expireHold(before, now);
  if (!stream.online || stream.phase.id === 'held') return stream;
  const lost = stream.rows.findIndex(({ state, replyBy }) => state === 'submitted' && replyBy <= now);
  if (lost >= 0) return dueFrom({ ...stream, strikes: stream.strikes + 1 }, lost);
  if (now < stream.resendAt) return stream;
  const later = { ...stream, resendAt: now + aroundPeriod(settings.sweepMs, random()) };
  const first = later.rows[0];
  if (later.phase.id === 'parked' && first) return replace(later, 0, { ...first, state: 'due' });
  return rewind(later);
}

/** One row on its way out, with its place in the recipient's stream. */
export interface Send {
  readonly n: number;
  readonly id: EventId;
  readonly epoch: Epoch;
  readonly seq: number;
  /** The lowest number that is still held here. */
  readonly base: number;
  /** Counts the sends of this row since the start, from 1. */
  readonly sends: number;
  readonly alone: boolean;
}

/** Takes up to `budget` rows that may be sent now, oldest first; they count as submitted from here on. */
export function takeSends(
  stream: SenderStream,
  budget: number,
  { now, random }: Moment,
  { replyTimeoutMs, sweepMs }: SenderSettings,
): { readonly stream: SenderStream; readonly sends: readonly Send[] } {
  if (!stream.online || stream.phase.id === 'held') return { stream, sends: [] };
  const parked = stream.phase.id === 'parked';
  const patience = replyTimeoutMs * 2 ** Math.min(stream.strikes, 4);
  const going = new Set(
    stream.rows
      .filter(({ state, sends }, index) => state === 'due' && (!parked || index === 0 || sends === 0))
      .slice(0, budget),
  );
  if (going.size === 0) return { stream, sends: [] };
  // Numbers follow the order of the rows, so whatever is in front of a row that goes has one too, and the first row
  // has the lowest.
  const last = stream.rows.findLastIndex((row) => going.has(row));
  let { nextSeq } = stream;
  const sends: Send[] = [];
  let base: number | undefined;
  const rows = stream.rows.map((row, index): HeldRow => {
    if (index > last) return row;
    const seq = row.seq ?? nextSeq++;
    base ??= seq;
    if (!going.has(row)) return { ...row, seq };
    const { n, id } = row;
    const again = row.sends > 0;
    sends.push({ n, id, epoch: stream.epoch, seq, base, sends: row.sends + 1, alone: row.alone || again });
    const replyBy = now + Math.round(patience * (1 + random() / 2));
    return { ...row, state: 'submitted', seq, sends: row.sends + 1, replyBy };
  });
  return { stream: { ...stream, rows, nextSeq, resendAt: now + aroundPeriod(sweepMs, random()) }, sends };
}

/** How many of the held rows could be sent if the connection and the budget let them. */
export function dueCount(stream: SenderStream): number {
  if (stream.phase.id === 'held') return 0;
  const parked = stream.phase.id === 'parked';
  return stream.rows.filter(
    ({ state, sends }, index) => state === 'due' && (!parked || index === 0 || sends === 0),
  ).length;
}
