import { z } from 'zod';
import { epoch, eventId, sequence, userId } from './ids.ts';

const retry = { retry_after_ms: z.int().min(0).optional() };

/** Whose limit was hit: one connection's, one sender → recipient pair's, or one network address's. */
export const limitScope = z.enum(['connection', 'pair', 'address']);
export type LimitScope = z.infer<typeof limitScope>;

/**
 * The relay's answer to a submitted event. `accepted` says valid, authorised and within limits, nothing about any
 * recipient; `rejected` is final; `limited` asks for the same event again after `retry_after_ms`.
 */
export const submitReply = z.object({
  id: eventId.optional(),
  status: z.enum(['accepted', 'rejected', 'limited']),
  code: z.string().optional(),
  message: z.string().optional(),
  scope: limitScope.optional(),
  ...retry,
});
export type SubmitReply = z.infer<typeof submitReply>;

export const stages = [
  'routed',
  'unavailable',
  'limited',
  'delivered',
  'refused',
  'quarantined',
  'nacked',
] as const;
export const stage = z.enum(stages);
export type Stage = z.infer<typeof stage>;

/**
 * How far one event got towards one recipient. `routed`: written to its socket. `unavailable`: unknown, offline,
 * stranger or slow, on purpose in one form. `delivered`, `refused`, `quarantined`: the recipient's own word after its
 * commit. `nacked`: the recipient asks for the stream again, from `want` (`code: gap`), under an epoch later than
 * `above` (`code: epoch`), or later (`code: busy`, with `retry_after_ms`).
 */
export const receipt = z.object({
  id: eventId,
  to: userId,
  stage,
  /** Nothing further will be said: the recipient does not acknowledge. */
  final: z.boolean().optional(),
  code: z.string().optional(),
  /** Cumulative: everything up to `upto` of this epoch is settled, but for what `refused` names. */
  epoch: epoch.optional(),
  upto: sequence.optional(),
  want: sequence.optional(),
  above: epoch.optional(),
  ...retry,
});
export type Receipt = z.infer<typeof receipt>;

export const receipts = z.array(receipt);

/** Why a recipient did not take an event: one word, since senders show it. */
const ackCode = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'a code is a word of 1 to 64 letters, digits, "_", ".", ":" or "-"');

export const ackResult = z.object({
  id: eventId,
  status: z.enum(['delivered', 'refused', 'quarantined', 'nacked']),
  code: ackCode.optional(),
  want: sequence.optional(),
  /** The newest epoch of this sender that the recipient knows of. */
  above: epoch.optional(),
  ...retry,
});
export type AckResult = z.infer<typeof ackResult>;

/**
 * What a recipient says after its commit about events of one sender; the relay turns it into receipts for that sender
 * and keeps nothing. `upto` is cumulative where the events carried `seq`; `results` names each event handled since the
 * last acknowledgement, duplicates included, so that a lost acknowledgement does no harm.
 */
export const acknowledgement = z.object({
  from: userId,
  epoch: epoch.optional(),
  upto: sequence.optional(),
  ids: z.array(eventId).max(256).optional(),
  results: z.array(ackResult).max(256).default([]),
});
export type Acknowledgement = z.infer<typeof acknowledgement>;
