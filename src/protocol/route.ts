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
