import type { Route } from '../protocol/route.ts';
import type { Binding } from './bind-route.ts';
import { problemDetailsOf, Refused } from './refused.ts';
import { type Handlers, routeTable } from './route-table.ts';

export interface AskRoutesOptions extends Binding {
  /** Which routes are there for this kind of asking; the others are 404, like unknown ones. */
  readonly admit: (route: Route) => boolean;
  /** Gets what was thrown and is not a refusal: a bug. The asker sees a bare 500. */
  readonly onFault: (fault: unknown) => void;
}

/** Answers a GET that came some other way than over HTTP, as the same routes would answer it there. Never rejects. */
export type AskRoutes = (
  path: string,
  authorization: string,
) => Promise<{ readonly status: number; readonly body: unknown }>;

/** The GET routes of a table, to be asked in process: the same caller, schemas and handlers, and no socket. */
export function askRoutes<Routes extends { readonly [K in keyof Routes]: Route }>(
  routes: Routes,
  handlers: Handlers<Routes>,
  options: AskRoutesOptions,
): AskRoutes {
  const find = routeTable(routes, handlers, options);
  return async (path, authorization) => {
    try {
      const found = find('GET', path);
      if (!found || !options.admit(found.route)) throw new Refused('not_found');
      const request = { headers: { authorization }, address: '' };
      const { status, value } = await found.call(request, found.url, async () => undefined);
      return { status, body: value };
    } catch (thrown) {
      const refused = thrown instanceof Refused ? thrown : new Refused('internal');
      if (refused !== thrown) options.onFault(thrown);
      return { status: problemDetailsOf(refused).status, body: problemDetailsOf(refused) };
    }
  };
}
