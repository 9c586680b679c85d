import { z } from 'zod';
import type { FetchQuestion, FetchReply, FetchRequest, FetchResult } from './collab-fetch.ts';
import type { DeliveredEvent } from './events.ts';
import type { AuthRefresh, AuthRefreshReply, FriendsDeclaration } from './handshake.ts';
import { eventId, timestamp, userId } from './ids.ts';
import type { Presence } from './presence.ts';
import type { Acknowledgement, Receipt, SubmitReply } from './receipts.ts';

/** Below it is the plain WebSocket face: `/ws/{user_id}`, with `?token=` or `Authorization: Bearer`. */
export const plainSocketPath = '/ws/';

/** The first frame of a connection; the presence snapshot of its friends follows at once, before any event. */
export const ready = z.object({
  user_id: userId,
  conn_id: z.string(),
  /** The run that this relay belongs to, so that nobody tests a stranger's server. */
  run_id: z.string().optional(),
  server_time: timestamp,
  token_expires_at: timestamp.optional(),
});
export type Ready = z.infer<typeof ready>;

/** Somebody's outbox may go on: said at every new ready connection of a mutual friend. Presence is for people. */
export const wake = z.object({ user_id: userId });
export type Wake = z.infer<typeof wake>;

/** The `code` of the warning before a token ends: `auth_refresh` keeps the connection. */
export const tokenExpiring = 'token_expiring';

/** Said before a connection is closed, before its token ends, and for a frame that could not be used. */
export const collabError = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  retry_after_ms: z.int().min(0).optional(),
  event_id: eventId.optional(),
  close_code: z.int().optional(),
});
export type CollabError = z.infer<typeof collabError>;

export const serverDraining = z.object({ reconnect_in_ms: z.int().min(0) });
export type ServerDraining = z.infer<typeof serverDraining>;

/**
 * Backend → relay on the Socket.IO face. Arguments are `unknown` on the relay's side until their schema has seen them.
 */
export interface BackendToRelay {
  collab_event: (event: unknown, reply?: (reply: SubmitReply) => void) => void;
  collab_ack: (ack: Acknowledgement) => void;
  collab_friends: (friends: FriendsDeclaration) => void;
  /** Asks another backend what cannot be had from it directly; answered by `collab_fetch_result`. */
  collab_fetch: (request: FetchRequest) => void;
  collab_fetch_result: (reply: FetchReply) => void;
  auth_refresh: (refresh: AuthRefresh, reply?: (reply: AuthRefreshReply) => void) => void;
  /** Leaving on purpose: presence goes offline without the grace. */
  bye: () => void;
}

/** Relay → backend on the Socket.IO face. */
export interface RelayToBackend {
  ready: (ready: Ready) => void;
  collab_event: (event: DeliveredEvent) => void;
  presence: (presence: Presence) => void;
  wake: (wake: Wake) => void;
  collab_receipt: (receipts: readonly Receipt[]) => void;
  collab_fetch: (question: FetchQuestion) => void;
  collab_fetch_result: (result: FetchResult) => void;
  collab_error: (error: CollabError) => void;
  server_draining: (draining: ServerDraining) => void;
}
