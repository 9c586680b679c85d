import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { UserId } from '../../protocol/ids.ts';
import { type PeerKey, peerKey } from '../../protocol/presence.ts';

const row = z.object({ x: peerKey.shape.x });

/** The public keys of friends, kept over restarts. */
export interface PinnedKeys {
  of(user: UserId): PeerKey | undefined;
  /**
   * The first key is pinned. Another one later is believed, because only the authenticated friend can have given it to
   * the relay; the answer is true then, so that somebody is told.
   */
  pin(user: UserId, key: PeerKey): boolean;
}

/** Keeps the keys in a table of the backend's own database. */
export function openPinnedKeys(db: DatabaseSync): PinnedKeys {
  db.exec('create table if not exists collab_peer_keys (user_id text primary key, x text not null) strict');
  const find = db.prepare('select x from collab_peer_keys where user_id = ?');
  const put = db.prepare(
    'insert into collab_peer_keys (user_id, x) values (?, ?) on conflict (user_id) do update set x = excluded.x',
  );
  const xOf = (user: UserId): string | undefined => {
    const found = find.get(user);
    return found && row.parse(found).x;
  };
  return {
    of(user) {
      const x = xOf(user);
      return x === undefined ? undefined : { kty: 'OKP', crv: 'Ed25519', x };
    },
    pin(user, { x }) {
      const known = xOf(user);
      if (known !== x) put.run(user, x);
      return known !== undefined && known !== x;
    },
  };
}
