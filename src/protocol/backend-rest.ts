import { z } from 'zod';
import { census } from './census.ts';
import { deliveredEvent, eventType } from './events.ts';
import { healthz, readyz } from './health.ts';
import { commentId, eventId, life, positionId, shareId, timestamp, userId } from './ids.ts';
import { peerEvents, peerReceipts } from './peer-events.ts';
import { comment, commentDraft, position, positionChange, positionDraft } from './positions.ts';
import { onlineStatus, peerKey } from './presence.ts';
import { stages } from './receipts.ts';
import { bare, documentRoute, indexRoute, metricsRoute, type Route } from './route.ts';

const ofPosition = z.object({ id: positionId });
const eventIds = z.array(eventId);

export const friend = z.object({
  user_id: userId,
  display_name: z.string(),
  status: onlineStatus,
  last_seen: timestamp.optional(),
});
export type Friend = z.infer<typeof friend>;

/** Something the user should read: what came in, what was refused, whose key changed. Newest first in the list. */
export const notification = z.object({
  id: z.string(),
  kind: z.enum([...eventType.options, 'refused', 'expired', 'fetch_failed', 'key_changed']),
  text: z.string(),
  from_user: userId.optional(),
  position_id: positionId.optional(),
  share_id: shareId.optional(),
  comment_id: commentId.optional(),
  event_id: eventId.optional(),
  code: z.string().optional(),
  created_at: timestamp,
});
export type Notification = z.infer<typeof notification>;

/** How far one event got towards one recipient, as its sender knows it. `pending` has not been routed yet. */
export const outboxEntry = z.object({
  event_id: eventId,
  to: userId,
  type: eventType,
  position_id: positionId,
  stage: z.enum(['pending', 'accepted', ...stages, 'expired']),
  code: z.string().optional(),
  /** Nothing further will be said about it. */
  settled: z.boolean(),
  attempts: z.int().min(0),
  created_at: timestamp,
  updated_at: timestamp,
});
export type OutboxEntry = z.infer<typeof outboxEntry>;

export const outboxState = z.object({ pending: z.int().min(0), entries: z.array(outboxEntry) });
export type OutboxState = z.infer<typeof outboxState>;

/** One event that reached this backend, in the order of its commits (`n` from 1), with what it did about it. */
export const inboxRecord = z.object({
  n: z.int().min(1),
  event: deliveredEvent,
  outcome: z.enum(['applied', 'refused', 'quarantined']),
  code: z.string().optional(),
  committed_at: timestamp,
});
export type InboxRecord = z.infer<typeof inboxRecord>;

/**
 * One position that is shared with whoever asks. Reader and owner each make the `digest` from the content (see
 * client/content-digest.ts): two versions of one number may differ after a database was put back to an earlier day.
 */
export const offeredShare = z.object({
  position_id: positionId,
  share_id: shareId.optional(),
  version: z.int().min(1),
  comment_ids: z.array(commentId),
  digest: z.string().max(64).optional(),
});
export type OfferedShare = z.infer<typeof offeredShare>;

/**
 * A page of shares holds at most this many positions and comment ids together, so that it can also go through the relay. One that is full is followed by another,
 * `after` the last position and comment in it; a position whose comments do not fit comes again with the rest of them.
 */
export const sharesInPage = 200;

export const jwks = z.object({ keys: z.array(peerKey.loose()) });

/** What a backend's document and its index page say first. */
export const backendAbout = {
  title: 'collab-dev backend',
  description:
    "One user's backend: their positions, what friends share with them, and what is on its way in either direction.",
} as const;

/**
 * A backend's REST face: the brief's paths under `/api/v1`. The owner's token has `sub` = the backend's user; a peer's
 * token any other `sub`, and may only GET what is shared with that peer.
 */
export const backendRoutes = {
  listPositions: {
    ...bare,
    method: 'GET',
    path: '/api/v1/positions/ideas',
    summary: "The user's own positions and the copies shared with them",
    access: 'owner',
    answer: z.array(position),
  },
  createPosition: {
    ...bare,
    method: 'POST',
    path: '/api/v1/positions/ideas',
    summary: 'Writes a new position; the same id again answers the same position',
    access: 'owner',
    body: positionDraft,
    answer: position,
    status: 201,
  },
  readPosition: {
    ...bare,
    method: 'GET',
    path: '/api/v1/positions/ideas/:id',
    summary:
      'One position, with the first of its comments when a peer asks; more_comments says that there are others',
    access: 'owner-or-peer',
    params: ofPosition,
    answer: position.extend({ comments: z.array(comment).optional(), more_comments: z.boolean().optional() }),
  },
  updatePosition: {
    ...bare,
    method: 'PATCH',
    path: '/api/v1/positions/ideas/:id',
    summary: 'Changes an own position and tells its readers',
    access: 'owner',
    params: ofPosition,
    body: positionChange,
    answer: z.object({ position, event_ids: eventIds }),
  },
  sharePosition: {
    ...bare,
    method: 'POST',
    path: '/api/v1/positions/ideas/:id/share',
    summary: 'Grants friends a read-only copy',
    access: 'owner',
    params: ofPosition,
    body: z.strictObject({ friend_ids: z.array(userId).min(1).max(100) }),
    answer: z.object({ position, event_ids: eventIds }),
  },
  revokeShare: {
    ...bare,
    method: 'DELETE',
    path: '/api/v1/positions/ideas/:id/share/:friend_id',
    summary: 'Takes the grant back; the copy goes away',
    access: 'owner',
    params: ofPosition.extend({ friend_id: userId }),
    answer: z.object({ position, event_ids: eventIds }),
  },
  listComments: {
    ...bare,
    method: 'GET',
    path: '/api/v1/positions/ideas/:id/comments',
    summary:
      'The thread of a position, oldest first; a peer gets a page of it, behind the comment that `after` names',
    access: 'owner-or-peer',
    params: ofPosition,
    query: z.object({ after: commentId.optional() }),
    answer: z.array(comment),
  },
  addComment: {
    ...bare,
    method: 'POST',
    path: '/api/v1/positions/ideas/:id/comments',
    summary: 'Comments on an own or a shared position; it reaches every reader through the owner',
    access: 'owner',
    params: ofPosition,
    body: commentDraft,
    answer: z.object({ comment, event_ids: eventIds }),
    status: 201,
  },
  listFriends: {
    ...bare,
    method: 'GET',
    path: '/api/v1/friends',
    summary: 'Whom the user declared as friends, with presence',
    access: 'owner',
    answer: z.array(friend),
  },
  befriend: {
    ...bare,
    method: 'POST',
    path: '/api/v1/friends',
    summary: 'Declares a friend; routing needs both sides',
    access: 'owner',
    body: z.strictObject({ user_id: userId }),
    answer: friend,
    status: 201,
  },
  unfriend: {
    ...bare,
    method: 'DELETE',
    path: '/api/v1/friends/:id',
    summary: 'Ends a friendship: their copies go here, ours go there',
    access: 'owner',
    params: z.object({ id: userId }),
    answer: z.object({ event_ids: eventIds }),
  },
  listShares: {
    ...bare,
    method: 'GET',
    path: '/api/collab/shares',
    summary:
      'What is shared with the peer that asks; a new `life` says that its database may be an older one',
    access: 'peer',
    query: z.object({
      life: life.optional(),
      after: positionId.optional(),
      after_comment: commentId.optional(),
    }),
    answer: z.array(offeredShare),
  },
  listNotifications: {
    ...bare,
    method: 'GET',
    path: '/api/v1/notifications',
    summary: 'What happened to this user, newest first',
    access: 'owner',
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
    answer: z.array(notification),
  },
  readOutbox: {
    ...bare,
    method: 'GET',
    path: '/api/v1/outbox',
    summary: 'How far own events got; settled ones stay for a while',
    access: 'owner',
    query: z.object({
      event_id: eventId.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: outboxState,
  },
  readInbox: {
    ...bare,
    method: 'GET',
    path: '/api/v1/inbox',
    summary: 'The events that reached this backend, in the order of its commits',
    access: 'owner',
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1000).default(500),
    }),
    answer: z.object({ last: z.int().min(0), records: z.array(inboxRecord) }),
  },
  readCensus: {
    ...bare,
    method: 'GET',
    path: '/api/v1/census',
    summary:
      'What is under way here: frames by connection to the relay and to pages, and work that goes on by itself; with it a test harness can prove that nothing comes any more',
    access: 'owner',
    answer: census,
  },
  receiveEvents: {
    ...bare,
    method: 'POST',
    path: '/api/collab/events',
    summary: "Direct topology: takes a friend's events, and answers after their commit",
    access: 'peer',
    body: peerEvents,
    answer: peerReceipts,
  },
  jwks: {
    ...bare,
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public key of the peer tokens that this backend signs',
    access: 'public',
    answer: jwks,
  },
  healthz: { ...bare, method: 'GET', path: '/healthz', summary: 'Alive', access: 'public', answer: healthz },
  readyz: {
    ...bare,
    method: 'GET',
    path: '/readyz',
    summary: 'Database open and connected to the relay',
    access: 'public',
    answer: readyz,
  },
  metrics: { ...bare, ...metricsRoute, summary: 'For Prometheus' },
  openApi: { ...bare, ...documentRoute, path: '/openapi.json', summary: 'These routes, as OpenAPI 3.1' },
  index: { ...bare, ...indexRoute, summary: 'What is here' },
} as const satisfies Record<string, Route>;

/** Where the page's live socket is. */
export const pageSocketPath = '/ws/collab';
