import { Refused } from '../../http/refused.ts';
import type { Handlers } from '../../http/serve-routes.ts';
import type { backendRoutes } from '../../protocol/backend-rest.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { PeerEvents, PeerReceipts } from '../../protocol/peer-events.ts';

/** Takes what a peer's backend brings, and answers after the commit. */
export type ReceiveEvents = (from: UserId, body: PeerEvents) => Promise<PeerReceipts>;

/** The way in of the direct topology; in the others there is none. */
export function eventHandlers(
  receive: ReceiveEvents | undefined,
): Pick<Handlers<typeof backendRoutes>, 'receiveEvents'> {
  return {
    receiveEvents({ caller, body }) {
      if (!receive || !caller) throw new Refused('not_found');
      return receive(caller.user, body);
    },
  };
}
