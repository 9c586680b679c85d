import { z } from 'zod';
import { cause, epoch, eventId, positionId, sequence, shareId, timestamp, userId } from './ids.ts';
import { comment } from './positions.ts';

/**
 * The four events of the brief. `data` holds the brief's keys; the optional ones are ours (`version`, `share_id`) and
 * unknown ones pass through, so that a team's own backends may add to them.
 */
export const sharedData = z.looseObject({
  position_id: positionId,
  share_url: z.url({ protocol: /^https?$/ }).max(2048),
  shared_at: timestamp.optional(),
  version: z.int().min(1).optional(),
  share_id: shareId.optional(),
});
export type SharedData = z.infer<typeof sharedData>;

export const commentData = z.looseObject({ position_id: positionId, comment });
export type CommentData = z.infer<typeof commentData>;

export const updatedData = z.looseObject({
  position_id: positionId,
  updates: z.record(z.string(), z.json()),
  version: z.int().min(2).optional(),
  /** The version that a merged update starts from; absent means `version - 1`. */
  from_version: z.int().min(1).optional(),
});
export type UpdatedData = z.infer<typeof updatedData>;

export const revokedData = z.looseObject({ position_id: positionId, share_id: shareId.optional() });
export type RevokedData = z.infer<typeof revokedData>;

export const eventTypes = ['position_shared', 'comment_added', 'position_updated', 'share_revoked'] as const;
export const eventType = z.enum(eventTypes);
export type EventType = z.infer<typeof eventType>;

const payload = [
  { type: z.literal('position_shared'), data: sharedData },
  { type: z.literal('comment_added'), data: commentData },
  { type: z.literal('position_updated'), data: updatedData },
  { type: z.literal('share_revoked'), data: revokedData },
] as const;

/** The same payloads for somebody who has seen that the whole is JSON: proving it again costs more than all the rest. */
const routablePayload = [
  payload[0],
  payload[1],
  { ...payload[2], data: updatedData.extend({ updates: z.record(z.string(), z.unknown()) }) },
  payload[3],
] as const;

/** Trace context: display only, may be dropped by any peer. */
const trace = {
  cause: cause.optional(),
  traceparent: z.string().max(128).optional(),
};

const submitted = {
  id: eventId.optional(),
  from_user: userId.optional(),
  to_users: z
    .array(userId)
    .min(1, 'an event needs at least one recipient')
    .max(100, 'an event has at most 100 recipients'),
  sent_at: timestamp.optional(),
  epoch: epoch.optional(),
  /** By recipient: this event's number in the sender → recipient stream. */
  seq: z.record(userId, sequence).optional(),
  /** By recipient: the lowest number that the sender still holds; the recipient skips to it. */
  base: z.record(userId, sequence).optional(),
  ...trace,
};

/** An event on its way from a backend to the relay, in the canonical spelling (see spelling.ts). */
export const submittedEvent = z.discriminatedUnion('type', [
  z.object({ ...payload[0], ...submitted }),
  z.object({ ...payload[1], ...submitted }),
  z.object({ ...payload[2], ...submitted }),
  z.object({ ...payload[3], ...submitted }),
]);
export type SubmittedEvent = z.infer<typeof submittedEvent>;

/** A submitted event as the relay reads it: decoded from JSON, so `updates` is not walked once more. */
export const routableEvent = z.discriminatedUnion('type', [
  z.object({ ...routablePayload[0], ...submitted }),
  z.object({ ...routablePayload[1], ...submitted }),
  z.object({ ...routablePayload[2], ...submitted }),
  z.object({ ...routablePayload[3], ...submitted }),
]);
export type RoutableEvent = z.infer<typeof routableEvent>;

const delivered = {
  id: eventId,
  from_user: userId,
  /** Only the recipient itself: it never learns who else got the event. */
  to_users: z.array(userId).length(1),
  sent_at: timestamp,
  epoch: epoch.optional(),
  seq: sequence.optional(),
  base: sequence.optional(),
  ...trace,
};

/** An event on its way from the relay to one recipient's backend. */
export const deliveredEvent = z.discriminatedUnion('type', [
  z.object({ ...payload[0], ...delivered }),
  z.object({ ...payload[1], ...delivered }),
  z.object({ ...payload[2], ...delivered }),
  z.object({ ...payload[3], ...delivered }),
]);
export type DeliveredEvent = z.infer<typeof deliveredEvent>;
