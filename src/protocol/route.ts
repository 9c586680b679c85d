import { z } from 'zod';

/** Who may call a route: nobody in particular, a relay user, the backend's own user, another user's backend, or either. */
export type Access = 'public' | 'relay-user' | 'owner' | 'peer' | 'owner-or-peer';

/**
 * One REST route as data. Servers, the typed client and OpenAPI are made from these tables; `path` uses `:name` for a
 * parameter. Every non-2xx answer is `application/problem+json` (problem-details.ts).
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly answer: z.ZodType;
  /** The media type of an answer that is text; absent: JSON. */
  readonly media?: string;
  /** The status of success. */
  readonly status: number;
}

/** What most routes have in common, to be spread first: no parameters, no query, no body, 200. */
export const bare = {
  params: z.looseObject({}),
  query: z.looseObject({}),
  body: z.undefined(),
  status: 200,
} as const;

/** Every server of ours shows these, each with a summary of its own. */
export const metricsRoute = {
  method: 'GET',
  path: '/metrics',
  access: 'public',
  answer: z.string(),
  media: 'text/plain; version=0.0.4; charset=utf-8',
} as const;

export const documentRoute = {
  method: 'GET',
  access: 'public',
  answer: z.record(z.string(), z.unknown()),
} as const;

export const indexRoute = {
  method: 'GET',
  path: '/',
  access: 'public',
  answer: z.string(),
  media: 'text/html; charset=utf-8',
} as const;
