import type { PeerTokens } from '../../client/peer-token.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { AskPeer } from '../ask-peer.ts';
import type { UserBackend } from '../user-backend.ts';

/**
 * Asks the backend of another user of this process: the same routes under the same rules as over HTTP, the peer token
 * among them, and no socket.
 */
export function askInProcess({
  me,
  tokenFor,
  backendOf,
}: {
  readonly me: UserId;
  readonly tokenFor: PeerTokens['tokenFor'];
  readonly backendOf: (owner: UserId) => Pick<UserBackend, 'answersTo'> | undefined;
}): AskPeer {
  return async (owner, path) => {
    const backend = backendOf(owner);
    if (!backend) return { kind: 'unreachable', code: 'not_here' };
    const { status, body } = await backend.answersTo(me)(path, `Bearer ${await tokenFor(owner)}`);
    return status === 200 ? { kind: 'answered', status, answer: body } : { kind: 'status', status };
  };
}
