import { z } from 'zod';
import { userId } from './ids.ts';

/**
 * The way around NAT (protocol.md section 6): a GET of one backend to another that goes through the relay, because the
 * other cannot be dialled. The relay keeps nothing of it; `id` is the asker's, and joins question and answer there.
 */

/** The most that an answer's body may have on this way, in bytes of JSON; the frame around it stays below 64 KiB. */
export const longestFetchedBody = 48 * 1024;

const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);

const asked = {
  id,
  /** Path and query, as the asker would send them in a GET. */
  path: z
    .string()
    .regex(/^\/api\/[\x21-\x7e]*$/, 'a path below /api/')
    .max(512),
  /** The asker's peer token: only the owner's backend says what it is worth. */
  token: z
    .string()
    .regex(/^[\w.~+/=-]+$/)
    .max(4096),
};
const answered = {
  id,
  /** The HTTP status with which the owner's backend answers. */
  status: z.int().min(100).max(599).optional(),
  body: z.unknown().optional(),
  /**
   * Why there is no answer: `unavailable` (unknown, offline, stranger or slow, in one form), `limited`, `bad_fetch`, or
   * the owner's `too_big`.
   */
  code: z
    .string()
    .regex(/^[a-z_]{1,64}$/)
    .optional(),
  retry_after_ms: z.int().min(0).optional(),
};

/** Backend → relay: asks the backend of `to`. */
export const fetchRequest = z.object({ ...asked, to: userId });
export type FetchRequest = z.infer<typeof fetchRequest>;

/** Relay → backend: `from` asks. */
export const fetchQuestion = z.object({ ...asked, from: userId });
export type FetchQuestion = z.infer<typeof fetchQuestion>;

/** Backend → relay: the answer for `to`, who has asked. */
export const fetchReply = z.object({ ...answered, to: userId });
export type FetchReply = z.infer<typeof fetchReply>;

/** Relay → backend: the answer of `from`, or the relay's own where there is none. */
export const fetchResult = z.object({ ...answered, from: userId });
export type FetchResult = z.infer<typeof fetchResult>;
