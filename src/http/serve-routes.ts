import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import router from 'find-my-way';
import type { Route } from '../protocol/route.ts';
import { addressOf } from './address-of.ts';
import { sendJson, sendRefusal } from './answer.ts';
import { type Binding, type BoundRoute, bindRoute, type Handler } from './bind-route.ts';
import { admitOrigin, sendOptions } from './cross-origin.ts';
import { Refused } from './refused.ts';

export { type WithStatus, withStatus } from './answer.ts';
export type { Caller, Reply, RouteCall } from './bind-route.ts';

export type Handlers<Routes extends { readonly [K in keyof Routes]: Route }> = {
  readonly [K in keyof Routes]: Handler<Routes[K]>;
};

export interface RouteListenerOptions extends Binding {
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
  const table = router({ ignoreTrailingSlash: true, maxParamLength: 256 });
  const bound = new Map<unknown, { readonly route: Route; readonly call: BoundRoute }>();
  for (const name in routes) {
    const route = routes[name];
    // The router only finds; its handler is the key under which the bound route lies.
    const key = () => {};
    table.on(route.method, route.path, key);
    bound.set(key, { route, call: bindRoute(route, handlers[name], options) });
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    admitOrigin(request, response, options.allowOrigin);
    const url = request.url ?? '/';
    if (request.method === 'OPTIONS') {
      const known = methods.filter((method) => table.find(method, url));
      if (known.length === 0) throw new Refused('not_found');
      sendOptions(request, response, known);
      return;
    }
    const wanted = request.method === 'HEAD' ? 'GET' : request.method;
    const method = methods.find((one) => one === wanted);
    const found = method && table.find(method, url);
    const target = bound.get(found?.handler);
    if (!found || !target) throw new Refused('not_found');
    options.limit?.(addressOf(request, options.behindProxy ?? false), target.route);
    const { status, value } = await target.call(request, {
      params: found.params,
      query: Object.fromEntries(new URLSearchParams(url.split('?', 2)[1] ?? '')),
    });
    sendJson(response, status, value);
  };

  return (request, response) => {
    serve(request, response).catch((thrown: unknown) => {
      if (thrown instanceof Refused) return sendRefusal(response, thrown);
      sendRefusal(response, new Refused('internal'));
      options.onFault?.(thrown);
    });
  };
}
