import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type UserId, userId } from '../../protocol/ids.ts';
import { type Presence, peerKey } from '../../protocol/presence.ts';
import { jsonText } from './json-text.ts';

const row = z.object({
  user_id: userId,
  display_name: z.string(),
  peer_key: jsonText(peerKey).nullable(),
});
/** What the relay last told about a user that does not change with every word, kept over a restart. */
export type Peer = z.infer<typeof row>;

/** Other users as the relay presented them: name and pinned key. */
export function peerStore(db: DatabaseSync) {
  const find = db.prepare('select * from peers where user_id = ?');
  // A presence without a key leaves the pinned one.
  const note = db.prepare(
    `insert into peers (user_id, display_name, peer_key) values (?, ?, ?)
     on conflict (user_id) do update set
       display_name = excluded.display_name,
       peer_key = coalesce(excluded.peer_key, peer_key)`,
  );

  return {
    find(user: UserId): Peer | undefined {
      const found = find.get(user);
      return found && row.parse(found);
    },
    note({ user_id, display_name, peer_key }: Presence): void {
      const key = peer_key ? JSON.stringify(peer_key) : null;
      note.run(user_id, display_name, key);
    },
  };
}
export type PeerStore = ReturnType<typeof peerStore>;
