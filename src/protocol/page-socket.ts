import { z } from 'zod';
import { inboxRecord, notification, outboxEntry } from './backend-rest.ts';
import { positionId, userId } from './ids.ts';
import { position } from './positions.ts';
import { presence } from './presence.ts';

const event = inboxRecord.shape.event;

/**
 * What a backend tells its user's page over `/ws/collab`, one JSON text frame each. An applied event arrives as itself
 * (the brief's `broadcast_to_local_users`), so a page tells them apart by `type`, as the brief's pages do. The page
 * connects with `?token=` or `Authorization: Bearer` and an owner token, and sends nothing.
 */
export const pageFrame = z.discriminatedUnion('type', [
  /** The first frame. `connection` is this socket's name in the backend's census, which counts this frame too. */
  z.object({ type: z.literal('hello'), user_id: userId, connection: z.string().optional() }),
  ...event.options,
  z.object({ type: z.literal('position'), position }),
  z.object({ type: z.literal('position_removed'), position_id: positionId }),
  z.object({ type: z.literal('notification'), notification }),
  z.object({ type: z.literal('receipt'), entry: outboxEntry }),
  z.object({ type: z.literal('presence'), presence }),
  z.object({ type: z.literal('relay'), connected: z.boolean() }),
]);
export type PageFrame = z.infer<typeof pageFrame>;
