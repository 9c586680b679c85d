import type { ClientOptions, CollabClient } from './client-types.ts';
import { connectBackend } from './connect-backend.ts';

export type * from './client-types.ts';

/**
 * Opens the outbox and the inbox in a backend's own database and starts to connect it to the relay: what is sent in a
 * transaction arrives exactly once, in order, whatever is killed in between. Work may begin before `ready`.
 *
 * ```js
 * await using collab = await openCollabClient({
 *   db, user: 'alice', backendUrl, relayUrl, dataDir,
 *   token: () => readFile(tokenFile, 'utf8'),
 *   friends: () => ['bob'],
 *   apply: (event) => store(event),
 * });
 * collab.transaction((send) => {
 *   db.prepare('insert into shares values (?, ?)').run(position, 'bob');
 *   send({ type: 'position_shared', data: { position_id: position, share_url }, to: 'bob' });
 * });
 * ```
 *
 * @throws an error with `code`, `message` and `hint` for options that are wrong
 */
export function openCollabClient(options: ClientOptions): Promise<CollabClient> {
  return connectBackend(options);
}
