import { z } from 'zod';
import { fetchQuestion, fetchResult } from '../../protocol/collab-fetch.ts';
import { eventType } from '../../protocol/events.ts';
import { cause, eventId, positionId, userId } from '../../protocol/ids.ts';
import { peerKey } from '../../protocol/presence.ts';
import { acknowledgement } from '../../protocol/receipts.ts';

/** How one user lists another: what a node says of its own user, for the other's node to hold against the other's list. */
export const regard = z.enum(['friend', 'leaving', 'none']);
export type Regard = z.infer<typeof regard>;

/** One connection among all that a user has had: newer is a later time of the bus, and between equals the greater id. */
const seat = { user: userId, conn: z.string().max(64), stamp: z.number() };

/** What is said on the channel of a user, to the node that has this user. */
export const userFrame = z.discriminatedUnion('k', [
  /** `user` has connected here: whoever has an older connection of the same user gives it up. */
  z.strictObject({
    k: z.literal('claim'),
    ...seat,
    instance: z.string().max(64).optional(),
    attempt: z.int(),
  }),
  /** `user` is here, and regards the user of the channel like this. */
  z.strictObject({
    k: z.literal('hello'),
    ...seat,
    as: regard,
    name: z.string().max(120),
    url: z.string().max(2048).optional(),
    key: peerKey.optional(),
    seen: z.number(),
    /** The other's outbox may go on. */
    wake: z.boolean(),
    /** Whether the same is to be said in return, without or with a wake. */
    ask: z.enum(['no', 'quietly', 'wake']),
  }),
  /** The grace of `user` is over. */
  z.strictObject({ k: z.literal('offline'), user: userId, conn: z.string() }),
  /** `user` was let go by a node that ends, and has the grace to come back elsewhere. */
  z.strictObject({ k: z.literal('away'), user: userId, conn: z.string() }),
  z.strictObject({ k: z.literal('wake'), user: userId }),
  z.strictObject({
    k: z.literal('event'),
    /** Names the answer. */
    q: z.int(),
    from: userId,
    as: regard,
    id: eventId,
    type: eventType,
    position: positionId,
    cause: cause.optional(),
    /** The event as it is to be written to the recipient's socket. */
    json: z.string(),
  }),
  /** What the recipient `from` says of events of the user of the channel. */
  z.strictObject({ k: z.literal('ack'), from: userId, as: regard, ack: acknowledgement }),
  /** `question` is to be written to the socket of the user of the channel, if it counts `from` as a friend. */
  z.strictObject({ k: z.literal('fetch'), q: z.int(), from: userId, as: regard, question: fetchQuestion }),
  /** The answer of `from` to a question of the user of the channel. */
  z.strictObject({ k: z.literal('fetched'), from: userId, as: regard, result: fetchResult }),
  /** Who is online for the user of the channel? */
  z.strictObject({ k: z.literal('who'), q: z.int() }),
]);
export type UserFrame = z.infer<typeof userFrame>;

/** What is said on the channel of a node: answers to it. */
export const nodeFrame = z.discriminatedUnion('k', [
  z.strictObject({ k: z.literal('routed'), q: z.int(), final: z.boolean() }),
  z.strictObject({ k: z.literal('not'), q: z.int() }),
  z.strictObject({ k: z.literal('limited'), q: z.int(), retry: z.int() }),
  /** A question is on the socket of whom it asks. */
  z.strictObject({ k: z.literal('asked'), q: z.int() }),
  /** A claim of this node came too late: somebody has a newer connection of the user. */
  z.strictObject({ k: z.literal('replaced'), user: userId, conn: z.string() }),
  z.strictObject({
    k: z.literal('here'),
    q: z.int(),
    users: z.array(z.strictObject({ user: userId, name: z.string(), seen: z.number() })),
  }),
  /** What this node said to itself: everything that the bus had before has come in. */
  z.strictObject({ k: z.literal('echo'), q: z.int() }),
]);
export type NodeFrame = z.infer<typeof nodeFrame>;

const envelope = { n: z.string().max(64), t: z.number(), s: z.int() };

/**
 * What one node has for one channel at the end of a turn. `n` names the life of the node, `t` is in ms by the clock of the
 * bus, and `s` grows with every text of that life.
 */
export const userEnvelope = z.strictObject({ ...envelope, f: z.array(userFrame) });
export const nodeEnvelope = z.strictObject({ ...envelope, f: z.array(nodeFrame) });
