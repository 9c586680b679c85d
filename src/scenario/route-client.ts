import { z } from 'zod';
import { exchange, jsonOf } from '../http/exchange.ts';
import { Problem } from '../problem.ts';
import { problemDetails } from '../protocol/problem-details.ts';
import type { Route } from '../protocol/route.ts';

export interface RouteClientOptions {
  /** The origin, asked at each call: a backend may move at a restart. */
  readonly url: () => string;
  readonly token: () => Promise<string | undefined>;
  /** Whose routes they are, for sentences: `alice's backend`. */
  readonly whose: string;
  /** Certificates in PEM by which the server is known; undefined: the usual ones. */
  readonly authorities?: string | undefined;
  readonly signal: AbortSignal;
}

interface CallInput<R extends Route> {
  readonly params?: Readonly<Record<keyof z.input<R['params']>, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: z.input<R['body']>;
  /** Follows the act through every process, for display. */
  readonly cause?: string;
  readonly timeoutMs?: number;
}

const refusalDetails = problemDetails.pick({ code: true, title: true, detail: true }).partial();
/** What a problem document says; empty where the answer was none. */
export type RefusalDetails = z.infer<typeof refusalDetails>;

/** How a call ended. */
export type RouteReply<Answer> =
  | { readonly is: 'done'; readonly status: number; readonly answer: Answer }
  | { readonly is: 'refused'; readonly status: number; readonly details: RefusalDetails }
  | { readonly is: 'unknown'; readonly why: string };

export type RouteClient<Routes extends Record<string, Route>> = <K extends keyof Routes>(
  name: K,
  input?: CallInput<Routes[K]>,
) => Promise<RouteReply<z.output<Routes[K]['answer']>>>;

/**
 * A typed client over a route table. A call answers with a `RouteReply`, whatever happens on the wire.
 * @throws Problem `not-the-contract` where a 2xx answer is not what the table promises
 */
export function routeClient<Routes extends Record<string, Route>>(
  routes: Routes,
  { url, token, whose, authorities, signal }: RouteClientOptions,
): RouteClient<Routes> {
  return async <K extends keyof Routes>(
    name: K,
    { params, query = {}, body, cause, timeoutMs = 5000 }: CallInput<Routes[K]> = {},
  ): Promise<RouteReply<z.output<Routes[K]['answer']>>> => {
    const route: Routes[K] | undefined = routes[name];
    if (!route) throw new Error(`there is no route "${String(name)}"`);
    const target = new URL(fill(route.path, params ?? {}), url());
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) target.searchParams.set(key, String(value));
    }
    const bearer = await token();
    const reply = await exchange({
      method: route.method,
      url: target,
      headers: {
        accept: 'application/json',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(cause === undefined ? {} : { 'x-cause': cause }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      authorities,
      timeoutMs,
      signal,
    });
    if (!reply.answered) return { is: 'unknown', why: reply.why };
    const json = jsonOf(reply.body);
    if (reply.status < 200 || reply.status > 299) {
      return { is: 'refused', status: reply.status, details: detailsOf(json) };
    }
    const answer = z.safeParse<Routes[K]['answer']>(route.answer, json);
    if (!answer.success) throw notTheContract(whose, `${route.method} ${route.path}`, answer.error);
    return { is: 'done', status: reply.status, answer: answer.data };
  };
}

/** `409 not_friends: This needs a friend`, for the end of a sentence. */
export function inWordsOf({
  status,
  details,
}: {
  readonly status: number;
  readonly details: RefusalDetails;
}): string {
  const sentence = details.detail ?? details.title;
  const words = [status, details.code].filter(Boolean).join(' ');
  return sentence === undefined ? words : `${words}: ${sentence.replace(/\.$/, '')}`;
}

export const detailsOf = (json: unknown): RefusalDetails => refusalDetails.safeParse(json).data ?? {};

function fill(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

const notTheContract = (whose: string, what: string, error: z.core.$ZodError) =>
  new Problem({
    code: 'not-the-contract',
    message: `${whose} answered ${what} with something else than its contract promises: ${z.prettifyError(error)}`,
    exit: 1,
  });
