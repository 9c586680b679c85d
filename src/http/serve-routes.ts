import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Route } from '../protocol/route.ts';
import { addressOf } from './address-of.ts';
import { sendJson, sendRefusal, sendText } from './answer.ts';
import type { Binding } from './bind-route.ts';
import { admitOrigin, sendOptions } from './cross-origin.ts';
import { readBody } from './read-body.ts';
import { Refused } from './refused.ts';
import { type Handlers, routeTable } from './route-table.ts';

export { type WithStatus, withStatus } from './answer.ts';
export type { Asking, Caller, Reply, RouteCall } from './bind-route.ts';
export type { Handlers } from './route-table.ts';

export interface RouteListenerOptions extends Binding {
  /** X-Forwarded-For says whom a proxy of ours serves. */
  readonly behindProxy?: boolean | undefined;
  /** The most that a body may have. */
  readonly bodyBytes: number;
  /** Which pages may call; a request with another Origin is refused. */
  readonly allowOrigin: (origin: string) => boolean;
  /** Throws `Refused('limited')` for an address that asks too often. */
  readonly limit?: ((address: string, route: Route) => void) | undefined;
  /** Gets what was thrown and is not a refusal: a bug. The client sees a bare 500. */
  readonly onFault?: ((fault: unknown) => void) | undefined;
}

const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const;

/**
 * Serves a route table of protocol/ over node:http: origin, limit, caller, body, schemas, handler, in this order.
 * GET routes answer HEAD, every known path answers OPTIONS, anything else is 404.
 */
export function routeListener<Routes extends { readonly [K in keyof Routes]: Route }>(
  routes: Routes,
  handlers: Handlers<Routes>,
  options: RouteListenerOptions,
): RequestListener {
  const find = routeTable(routes, handlers, options);

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    admitOrigin(request, response, options.allowOrigin);
    const url = request.url ?? '/';
    if (request.method === 'OPTIONS') {
      const known = methods.filter((method) => find(method, url));
      if (known.length === 0) throw new Refused('not_found');
      sendOptions(request, response, known);
      return;
    }
    const wanted = request.method === 'HEAD' ? 'GET' : request.method;
    const method = methods.find((one) => one === wanted);
    const found = method && find(method, url);
    if (!found) throw new Refused('not_found');
    const address = addressOf(request, options.behindProxy ?? false);
    options.limit?.(address, found.route);
    const asking = { headers: request.headers, address };
    const { status, value } = await found.call(asking, found.url, () => readBody(request, options.bodyBytes));
    const { media } = found.route;
    if (media === undefined) sendJson(response, status, value);
    else sendText(response, status, media, String(value));
  };

  return (request, response) => {
    serve(request, response).catch((thrown: unknown) => {
      if (thrown instanceof Refused) return sendRefusal(response, thrown);
      sendRefusal(response, new Refused('internal'));
      options.onFault?.(thrown);
    });
  };
}
