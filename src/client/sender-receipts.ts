import type { Receipt } from '../protocol/receipts.ts';
import { fullJitter } from './backoff.ts';
import type { Moment, Move, SenderSettings, SenderStream, Step } from './sender-state.ts';
import { defaultRetryMs, dueFrom, hold, open, renumbered, replace, settle } from './sender-steps.ts';

const gapBackoffMs = 250;

/**
 * What the receipts of one frame mean, in two passes: what names a row goes before what is cumulative, so that a row
 * that was refused never counts as delivered.
 */
export function afterReceipts(
  before: SenderStream,
  receipts: readonly Receipt[],
  at: Moment,
  settings: SenderSettings,
): Step {
  let stream = before;
  const moves: Move[] = [];
  const go = (step: Step) => {
    stream = step.stream;
    moves.push(...step.moves);
  };
  for (const receipt of receipts) go(afterNaming(stream, receipt, at));
  for (const { epoch, upto } of receipts) {
    if (upto !== undefined && epoch === stream.epoch) go(settleUpTo(stream, upto));
  }
  if (moves.some(({ settled }) => settled)) {
    // Heard from the recipient: what was about to be tried again has time until the next sweep.
    stream = { ...stream, strikes: 0, resendAt: Math.max(stream.resendAt, at.now + settings.sweepMs / 2) };
  }
  for (const receipt of receipts) {
    if (receipt.stage === 'nacked') go(afterNack(stream, receipt, at, settings));
  }
  return { stream, moves };
}

function afterNaming(stream: SenderStream, receipt: Receipt, at: Moment): Step {
  const index = stream.rows.findIndex(({ id }) => id === receipt.id);
  const row = stream.rows[index];
  const move = (): Move => ({
    n: row?.n ?? 0,
    id: receipt.id,
    stage: receipt.stage,
    code: receipt.code,
  });
  switch (receipt.stage) {
    case 'delivered':
    case 'refused':
    case 'quarantined':
      // Said to an earlier sending of it, by a life of the recipient that may be over, with all that it knew.
      if (receipt.epoch !== undefined && receipt.epoch !== stream.epoch)
        return { stream: open(stream), moves: [] };
      return settle(open(stream), row ? [index] : [], receipt.stage, receipt.code);
    case 'routed': {
      if (!row) return { stream: open(stream), moves: [] };
      if (receipt.final) return settle(open(stream), [index], 'routed');
      const there = row.state === 'due' ? stream : replace(stream, index, { ...row, state: 'routed' });
      return { stream: open(there), moves: [move()] };
    }
    case 'unavailable': {
      // Said late about an earlier attempt: the row has been routed since, or is about to be sent again anyway.
      if (!row || row.state === 'routed' || row.state === 'due') return { stream, moves: [] };
      const absent = replace(stream, index, { ...row, state: 'unavailable' });
      const parked: SenderStream =
        absent.phase.id === 'sending' ? { ...absent, phase: { id: 'parked' } } : absent;
      return { stream: parked, moves: [move()] };
    }
    case 'limited': {
      if (!row) return { stream, moves: [] };
      const until = at.now + (receipt.retry_after_ms ?? defaultRetryMs);
      return { stream: dueFrom(hold(stream, until), index), moves: [move()] };
    }
    case 'nacked':
      return { stream, moves: row ? [move()] : [] };
    default:
      return receipt.stage satisfies never;
  }
}

function settleUpTo(stream: SenderStream, upto: number): Step {
  const indices = stream.rows.flatMap(({ seq }, index) => (seq !== undefined && seq <= upto ? [index] : []));
  return settle(open(stream), indices, 'delivered');
}

function afterNack(
  before: SenderStream,
  { id, code, epoch, above, retry_after_ms }: Receipt,
  at: Moment,
  settings: SenderSettings,
): Step {
  const stream = open(before);
  const index = stream.rows.findIndex((row) => row.id === id);
  // About a row that is settled or purged, or about numbers that are no longer ours.
  if (index < 0 || (epoch !== undefined && epoch !== stream.epoch)) return { stream, moves: [] };
  if (code === 'busy') {
    const until = at.now + (retry_after_ms ?? defaultRetryMs);
    return { stream: dueFrom(hold(stream, until), index), moves: [] };
  }
  if (stream.phase.id === 'held') return { stream, moves: [] };
  // The rest of a burst that fell into one gap nacks too, so only the first nack is obeyed at once.
  const again = {
    ...(code === 'epoch' ? renumbered(stream, above, at) : stream),
    strikes: stream.strikes + 1,
  };
  if (stream.strikes === 0) return { stream: dueFrom(again, 0), moves: [] };
  const wait = fullJitter({ from: gapBackoffMs, to: settings.sweepMs }, stream.strikes, at.random());
  return { stream: { ...again, resendAt: Math.min(stream.resendAt, at.now + wait) }, moves: [] };
}
