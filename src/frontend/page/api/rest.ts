import { z } from 'zod';
import { messageOf } from '../../../problem.ts';
import { backendRoutes } from '../../../protocol/backend-rest.ts';
import { problemDetails } from '../../../protocol/problem-details.ts';
import type { Route } from '../../../protocol/route.ts';
import { readJson } from './read-json.ts';
import type { Session } from './session.ts';

type Routes = typeof backendRoutes;

export interface CallInput<R extends Route> {
  readonly params?: Readonly<Record<keyof z.input<R['params']>, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: z.input<R['body']>;
}

const refusalDetails = problemDetails.partial();

/** How a call ended: a `refused` one changed nothing, and of a `silent` one nobody knows. */
export type Reply<Answer> =
  | { readonly is: 'answered'; readonly answer: Answer }
  | { readonly is: 'refused'; readonly details: z.infer<typeof refusalDetails> }
  | { readonly is: 'silent'; readonly why: string };

export type Api = <K extends keyof Routes>(
  name: K,
  input?: CallInput<Routes[K]>,
) => Promise<Reply<z.output<Routes[K]['answer']>>>;

const timeoutMs = 8000;

/** The backend's routes as typed calls, with the page's token; one that has ended is replaced, once a call. */
export function openApi(session: Session): Api {
  return async <K extends keyof Routes>(name: K, input: CallInput<Routes[K]> = {}) => {
    const route: Routes[K] = backendRoutes[name];
    const first = await send(route, input, session);
    const response = first.status === 401 ? await send(route, input, session) : first;
    return understand(route, response);
  };
}

interface Heard {
  /** 0: no answer at all. */
  readonly status: number;
  readonly json: unknown;
  readonly why: string;
}

async function send(
  route: Route,
  { params, query, body }: CallInput<Route>,
  session: Session,
): Promise<Heard> {
  try {
    const { backend_url: backend, token } = await session.current();
    const url = new URL(fill(route.path, params ?? {}), backend);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    const response = await fetch(url, {
      method: route.method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
      credentials: 'omit',
    });
    if (response.status === 401) session.renew(token);
    return { status: response.status, json: readJson(await response.text()), why: '' };
  } catch (error) {
    return { status: 0, json: undefined, why: messageOf(error) };
  }
}

function understand<R extends Route>(route: R, { status, json, why }: Heard): Reply<z.output<R['answer']>> {
  if (status === 0) return { is: 'silent', why };
  const answer = z.safeParse<R['answer']>(route.answer, readable(route, json));
  // A `readyz` that says "not ready" does it with its own body.
  if (answer.success && (status < 300 || status === 503)) return { is: 'answered', answer: answer.data };
  if (status < 300) return { is: 'silent', why: 'it answered something that this page does not understand' };
  return { is: 'refused', details: refusalDetails.safeParse(json).data ?? {} };
}

/** One entry of a list that this page does not understand hides no other. */
function readable(route: Route, json: unknown): unknown {
  const { answer } = route;
  if (!Array.isArray(json) || !(answer instanceof z.ZodArray)) return json;
  return json.filter((one) => z.safeParse(answer.element, one).success);
}

function fill(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}
