import type { AnswerQuestion } from '../client/relay-fetches.ts';
import type { AskRoutes } from '../http/ask-routes.ts';
import { Refused } from '../http/refused.ts';
import type { Asking, Caller } from '../http/serve-routes.ts';
import { longestFetchedBody } from '../protocol/collab-fetch.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Access } from '../protocol/route.ts';

/**
 * Answers what peers ask through the relay by the routes that they could have called over HTTP, under the same rules.
 * `routesFor` gives those routes as one peer may ask them.
 */
export function questionAnswerer(routesFor: (asker: UserId) => AskRoutes): AnswerQuestion {
  return async ({ from, path, token }) => {
    const answer = await routesFor(from)(path, `Bearer ${token}`);
    const isTooBig = Buffer.byteLength(JSON.stringify(answer.body)) > longestFetchedBody;
    return isTooBig ? { code: 'too_big' } : answer;
  };
}

/** The relay says who asks, and the peer token proves it: a token of anybody else, an owner's too, is none here. */
export function onlyPeer(
  asker: UserId,
  authorise: (access: Access, request: Pick<Asking, 'headers'>) => Promise<Caller>,
): (access: Access, request: Pick<Asking, 'headers'>) => Promise<Caller> {
  return async (access, request) => {
    const caller = await authorise(access, request);
    if (caller.kind !== 'peer' || caller.user !== asker) throw new Refused('bad_token');
    return caller;
  };
}
