import { z } from 'zod';
import { fetchQuestion, fetchReply, fetchRequest, fetchResult } from './collab-fetch.ts';
import { deliveredEvent, submittedEvent } from './events.ts';
import { authRefresh, authRefreshReply, friendsDeclaration, handshake } from './handshake.ts';
import { presence } from './presence.ts';
import { acknowledgement, receipts, submitReply } from './receipts.ts';
import { collabError, ready, serverDraining, wake } from './relay-socket.ts';

/**
 * The rest of the handshake, as the first frame or not at all. What the URL says already need not be said again; the
 * query may also say all of it, as the Socket.IO query may.
 */
export const hello = handshake.extend({ type: z.literal('hello') });
export type Hello = z.input<typeof hello>;

/**
 * Backend → relay on the plain face, one JSON text frame each. An event goes as itself, so `type` is the event's; every
 * frame whose type is none of the others is taken for one and answered with `reply`, replies being in the order of
 * their events. `auth_refresh` is answered with `auth_refresh`.
 */
export const plainToRelay = z.union([
  ...submittedEvent.options,
  hello,
  acknowledgement.extend({ type: z.literal('ack') }),
  friendsDeclaration.extend({ type: z.literal('friends') }),
  fetchRequest.extend({ type: z.literal('collab_fetch') }),
  fetchReply.extend({ type: z.literal('collab_fetch_result') }),
  authRefresh.extend({ type: z.literal('auth_refresh') }),
  z.object({ type: z.literal('bye') }),
]);
export type PlainToRelay = z.input<typeof plainToRelay>;

/**
 * Relay → backend on the plain face. An event arrives as itself, as the brief's client reads it: `type` is its type.
 * The others have the names and payloads of the Socket.IO face, receipts being a list in `receipts`.
 */
export const plainToBackend = z.discriminatedUnion('type', [
  ...deliveredEvent.options,
  ready.extend({ type: z.literal('ready') }),
  presence.extend({ type: z.literal('presence') }),
  wake.extend({ type: z.literal('wake') }),
  z.object({ type: z.literal('collab_receipt'), receipts }),
  fetchQuestion.extend({ type: z.literal('collab_fetch') }),
  fetchResult.extend({ type: z.literal('collab_fetch_result') }),
  collabError.extend({ type: z.literal('collab_error') }),
  serverDraining.extend({ type: z.literal('server_draining') }),
  submitReply.extend({ type: z.literal('reply') }),
  authRefreshReply.extend({ type: z.literal('auth_refresh') }),
]);
export type PlainToBackend = z.infer<typeof plainToBackend>;
