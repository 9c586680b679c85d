import { z } from 'zod';

/**
 * The body of every refused request (RFC 9457, `application/problem+json`), with the same code words as the sockets.
 * `errors` points into a body that did not parse, one entry a complaint.
 */
export const problemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  retry_after_ms: z.int().min(0).optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type ProblemDetails = z.infer<typeof problemDetails>;

/** The status and the sentence of each refusal that REST can answer. */
export const refusals = {
  bad_request: { status: 400, title: 'The request is not of this API.' },
  no_token: { status: 401, title: 'This request needs a bearer token.' },
  bad_token: { status: 401, title: 'The token is not valid here.' },
  forbidden: { status: 403, title: 'The token is for somebody else.' },
  read_only: { status: 403, title: 'This is a read-only copy: only its owner changes it.' },
  not_found: { status: 404, title: 'There is no such thing here, or it is not shared with you.' },
  not_friends: { status: 409, title: 'This needs a friend.' },
  conflict: { status: 409, title: 'This id is taken by something else.' },
  too_big: { status: 413, title: 'The body is too big.' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json.' },
  limited: { status: 429, title: 'Too many requests.' },
  internal: { status: 500, title: 'This is a bug of the server.' },
  unavailable: { status: 503, title: 'Not ready.' },
  outbox_full: { status: 507, title: 'The outbox is full: nothing was changed.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type Refusal = keyof typeof refusals;
