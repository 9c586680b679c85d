import { z } from 'zod';
import { inboxRecord, notification, outboxEntry } from '../../protocol/backend-rest.ts';
import { eventType } from '../../protocol/events.ts';
import { cause, commentId, eventId, positionId, shareId, userId } from '../../protocol/ids.ts';

/** What a driver cannot see of a ledger; everything that would rest on it counts as not checked. */
export const ledgerPart = z.enum([
  /** Under which grant a copy is held, and what an outbox row carries. */
  'grants',
  /** Copies whose content is still on its way. */
  'fetching',
  /** Friends that are being left. */
  'leaving',
  /** Which act a row of the outbox came from. */
  'causes',
  /** Outbox rows beyond the newest that are shown. */
  'old outbox rows',
  'inbox',
  /** Comments on some position. */
  'threads',
]);
export type LedgerPart = z.infer<typeof ledgerPart>;

export const heldPosition = z.object({
  id: positionId,
  owner: userId,
  /** `fetching`: a place that is held for a copy. */
  state: z.enum(['own', 'copy', 'fetching']),
  version: z.int().min(0),
  /** What the position says, as JSON with its keys in one order; absent while it is being fetched. */
  content: z.string().optional(),
  share: shareId.optional(),
  /** Its owner is to be asked for it, for the first time or again. */
  awaited: z.boolean().optional(),
});
export type HeldPosition = z.infer<typeof heldPosition>;

export const heldComment = z.object({
  position: positionId,
  id: commentId,
  author: userId,
  text: z.string(),
  /** The event that carried it away from here, where it was written here. */
  carrier: eventId.optional(),
});
export type HeldComment = z.infer<typeof heldComment>;

/** An own position that somebody may read. */
export const grant = z.object({ position: positionId, reader: userId, share: shareId.optional() });

export const sentRow = z.object({
  /** Grows with the order in which its backend wrote the rows. */
  n: z.int(),
  event: eventId,
  to: userId,
  type: eventType,
  position: positionId,
  stage: outboxEntry.shape.stage,
  code: z.string().optional(),
  settled: z.boolean(),
  attempts: z.int(),
  cause: cause.optional(),
  comment: commentId.optional(),
  share: shareId.optional(),
});
export type SentRow = z.infer<typeof sentRow>;

export const receivedRow = z.object({
  n: z.int(),
  from: userId,
  event: eventId,
  type: eventType,
  position: positionId,
  outcome: inboxRecord.shape.outcome,
  code: z.string().optional(),
  comment: commentId.optional(),
});
export type ReceivedRow = z.infer<typeof receivedRow>;

export const declaredFriend = z.object({ user: userId, state: z.enum(['friend', 'leaving']) });

/** Something that the user was told, as far as it belongs to an event. */
export const notice = z.object({
  kind: notification.shape.kind,
  event: eventId,
  from: userId.optional(),
  position: positionId.optional(),
});
export type Notice = z.infer<typeof notice>;

/** What one user's backend holds, in one shape for every driver. */
export const ledger = z.object({
  user: userId,
  positions: z.array(heldPosition),
  comments: z.array(heldComment),
  grants: z.array(grant),
  outbox: z.array(sentRow),
  inbox: z.array(receivedRow),
  friends: z.array(declaredFriend),
  notices: z.array(notice),
  unseen: z.array(ledgerPart),
});
export type Ledger = z.infer<typeof ledger>;
