import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { UserId } from '../protocol/ids.ts';
import type { ProblemDetails } from '../protocol/problem-details.ts';
import type { Access, Route } from '../protocol/route.ts';
import { WithStatus } from './answer.ts';
import { Refused } from './refused.ts';

/** Who called, as the server's `authorise` found out. */
export interface Caller {
  readonly user: UserId;
  readonly kind: 'relay-user' | 'owner' | 'peer';
  /** Whom the token of a relay user names as friends, if it says so. */
  readonly friends?: readonly UserId[];
}

export interface RouteCall<R extends Route> {
  readonly params: z.infer<R['params']>;
  readonly query: z.infer<R['query']>;
  readonly body: z.infer<R['body']>;
  /** Undefined where the route's access is `public`, or where the server admits callers without a name. */
  readonly caller: Caller | undefined;
  /** The Host header, as the client sent it. */
  readonly host: string | undefined;
  /** The network address of the other end. */
  readonly address: string;
  /** What no schema speaks of, like a trace context; names in lower case. */
  readonly headers: IncomingHttpHeaders;
}

/** What is read of a request beside its body. */
export interface Asking {
  readonly headers: IncomingHttpHeaders;
  /** The network address of the other end; empty where there is none. */
  readonly address: string;
}

/** What a handler gives back: the route's answer, or `withStatus(503, answer)`. */
export type Reply<R extends Route> = z.infer<R['answer']> | WithStatus<z.infer<R['answer']>>;

export type Handler<R extends Route> = (call: RouteCall<R>) => Reply<R> | Promise<Reply<R>>;

export interface Binding {
  /** Says who calls; throws `Refused`. Not asked for `public` routes. */
  readonly authorise: (access: Access, request: Asking) => Promise<Caller | undefined>;
}

/** One route ready to be called: with what the URL held, answers status and value, or throws `Refused`. */
export type BoundRoute = (
  request: Asking,
  url: { readonly params: unknown; readonly query: unknown },
  readBody: () => Promise<unknown>,
) => Promise<{ readonly status: number; readonly value: unknown }>;

export function bindRoute<R extends Route>(route: R, handler: Handler<R>, binding: Binding): BoundRoute {
  return async (request, url, readBody) => {
    const caller = route.access === 'public' ? undefined : await binding.authorise(route.access, request);
    const raw = await readBody();
    const params = z.safeParse<R['params']>(route.params, url.params);
    const query = z.safeParse<R['query']>(route.query, url.query);
    const body = z.safeParse<R['body']>(route.body, raw);
    if (!params.success || !query.success || !body.success) {
      const errors = [
        ...complaints(params.error, 'params'),
        ...complaints(query.error, 'query'),
        ...complaints(body.error),
      ];
      throw new Refused('bad_request', { errors });
    }
    const reply = await handler({
      params: params.data,
      query: query.data,
      body: body.data,
      caller,
      host: request.headers.host,
      address: request.address,
      headers: request.headers,
    });
    return reply instanceof WithStatus
      ? { status: reply.status, value: reply.answer }
      : { status: route.status, value: reply };
  };
}

/** Every complaint with its path: `friend_ids.0` in the body, `query.limit` and `params.id` in the URL. */
function complaints(error: z.ZodError | undefined, where?: string): NonNullable<ProblemDetails['errors']> {
  return (error?.issues ?? []).map(({ path, message }) => ({
    path: [...(where === undefined ? [] : [where]), ...path.map(String)].join('.'),
    message,
  }));
}
