import router from 'find-my-way';
import type { Route } from '../protocol/route.ts';
import { type Binding, type BoundRoute, bindRoute, type Handler } from './bind-route.ts';

export type Handlers<Routes extends { readonly [K in keyof Routes]: Route }> = {
  readonly [K in keyof Routes]: Handler<Routes[K]>;
};

/** A route that was found for a URL, and what the URL holds. */
export interface FoundRoute {
  readonly route: Route;
  readonly call: BoundRoute;
  readonly url: { readonly params: unknown; readonly query: unknown };
}

/** Finds the route of a method and a URL (path and query). */
export type FindRoute = (method: Route['method'], url: string) => FoundRoute | undefined;

/** Joins a route table of protocol/ with its handlers. */
export function routeTable<Routes extends { readonly [K in keyof Routes]: Route }>(
  routes: Routes,
  handlers: Handlers<Routes>,
  binding: Binding,
): FindRoute {
  const table = router({ ignoreTrailingSlash: true, maxParamLength: 256 });
  const bound = new Map<unknown, { readonly route: Route; readonly call: BoundRoute }>();
  for (const name in routes) {
    const route = routes[name];
    // The router only finds; its handler is the key under which the bound route lies.
    const key = () => {};
    table.on(route.method, route.path, key);
    bound.set(key, { route, call: bindRoute(route, handlers[name], binding) });
  }
  return (method, url) => {
    const found = table.find(method, url);
    const target = bound.get(found?.handler);
    if (!found || !target) return undefined;
    const query = Object.fromEntries(new URLSearchParams(url.split('?', 2)[1] ?? ''));
    return { ...target, url: { params: found.params, query } };
  };
}
