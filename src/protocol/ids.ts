import { z } from 'zod';

/**
 * The names of things, branded so that a user can't be passed where an event is meant. They appear in URLs, file names
 * and terminals, hence the narrow alphabets. Users of a scenario file are narrower still (`alice`); these also admit
 * the brief's `user_a_id` and UUIDs.
 */
const userPattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
export const userId = z
  .string()
  .regex(userPattern, 'a user id is 1 to 64 letters, digits, ".", "_", "@" or "-"')
  .brand<'UserId'>();
export type UserId = z.infer<typeof userId>;

/** The same by hand, for what is read with every event. */
export const isUserId = (value: unknown): value is UserId =>
  typeof value === 'string' && userPattern.test(value);

const plainPattern = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;
const plainId = z.string().regex(plainPattern, 'an id is 1 to 128 letters, digits, ".", "_", "~" or "-"');

/** What every one of the ids below looks like. */
export const isPlainId = (value: unknown): boolean => typeof value === 'string' && plainPattern.test(value);

/** Made by the sender (UUIDv7), the same over all resends: the key that makes an effect happen once. */
export const eventId = plainId.brand<'EventId'>();
export type EventId = z.infer<typeof eventId>;

export const positionId = plainId.brand<'PositionId'>();
export type PositionId = z.infer<typeof positionId>;

/** New at every grant, so that a late revoke of an older grant can be told from one of today's. */
export const shareId = plainId.brand<'ShareId'>();
export type ShareId = z.infer<typeof shareId>;

export const commentId = plainId.brand<'CommentId'>();
export type CommentId = z.infer<typeof commentId>;

/**
 * One life of a sender's outbox: new at each process start, so that old numbers are never trusted. A UUIDv7 says when it
 * began, so that an event of an earlier life is told from one of a later, also by who never saw the earlier one.
 */
export const epoch = plainId.brand<'Epoch'>();
export type Epoch = z.infer<typeof epoch>;

/**
 * One life of a backend towards another: new at each start, so that others notice that its database may be another one,
 * and when everything that waited for the other was taken back. Our outboxes begin an epoch with it, of the same name.
 */
export const life = plainId.brand<'Life'>();
export type Life = z.infer<typeof life>;

/** Follows one act from the page's POST through every process; display only. */
export const cause = plainId.brand<'Cause'>();
export type Cause = z.infer<typeof cause>;

/** An ISO 8601 time in UTC. It is display data: nothing is ordered, deduplicated or expired by it. */
export const timestamp = z.iso.datetime({ offset: true });

/** Position in a sender → recipient stream, from 1; safe in a JavaScript number. */
export const sequence = z.int().min(1);
