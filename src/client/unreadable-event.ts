import { z } from 'zod';
import { epoch, eventId, sequence, userId } from '../protocol/ids.ts';

/**
 * What must be readable of an event that is otherwise not of this protocol, so that its sender can be answered: a newer
 * sender may know types and keys that we do not.
 */
export const unreadableEvent = z.object({
  id: eventId,
  from_user: userId,
  epoch: epoch.optional(),
  seq: sequence.optional(),
  base: sequence.optional(),
});
export type UnreadableEvent = z.infer<typeof unreadableEvent>;
