import { backendRoutes } from '../protocol/backend-rest.ts';
import type { UserId } from '../protocol/ids.ts';
import { backendAudience } from '../protocol/tokens.ts';
import type { Stack } from '../stack/stack.ts';
import { isForeign } from './foreign.ts';
import { Inbox } from './inbox.ts';
import { Page } from './page.ts';
import { RelayWitness } from './relay-witness.ts';
import { type RouteClient, routeClient } from './route-client.ts';
import type { Stream } from './stream.ts';

const pageWithinMs = 10_000;

/** One user of a scenario: what they can do through their backend, and what reaches them. */
export interface Actor extends AsyncDisposable {
  readonly user: UserId;
  readonly api: RouteClient<typeof backendRoutes>;
  /** What the backend has committed; by another witness where it has no record of that to show. */
  readonly inbox: Stream;
  readonly page: Page;
}

/** A user's backend as their page calls it: with the owner's token, wherever the backend is now. */
export function openUserApi(
  stack: Pick<Stack, 'urlOf' | 'tokenFor' | 'authorities'>,
  user: UserId,
  signal: AbortSignal,
): Actor['api'] {
  return routeClient(backendRoutes, {
    url: () => stack.urlOf(user),
    token: () => stack.tokenFor(user, backendAudience(user)),
    whose: `${user}'s backend`,
    authorities: stack.authorities,
    signal,
  });
}

/**
 * Opens a user's page and recorders; both are recording when it resolves. `onFrame` is told of each frame.
 * @throws Problem `page-not-served`
 */
export async function openActor(
  stack: Stack,
  user: UserId,
  signal: AbortSignal,
  onFrame: () => void,
): Promise<Actor> {
  const api = openUserApi(stack, user, signal);
  const page = new Page(stack, user, onFrame);
  try {
    const foreign = isForeign(stack, user);
    const [inbox] = await Promise.all([
      Inbox.open(api),
      foreign ? page.tried(signal) : page.connected(pageWithinMs, signal),
    ]);
    return {
      user,
      api,
      inbox: inbox ?? new RelayWitness(stack, user),
      page,
      [Symbol.asyncDispose]: () => page[Symbol.asyncDispose](),
    };
  } catch (error) {
    await page[Symbol.asyncDispose]();
    throw error;
  }
}
