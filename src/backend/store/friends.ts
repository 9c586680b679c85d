import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { FriendsDeclaration } from '../../protocol/handshake.ts';
import { type UserId, userId } from '../../protocol/ids.ts';

/** `leaving`: no friend any more, but revokes to them are still on their way. */
export type Friendship = 'friend' | 'leaving' | 'stranger';

const row = z.object({ user_id: userId, state: z.enum(['friend', 'leaving']) });

/** Whom this user declared as friends. */
export function friendStore(db: DatabaseSync) {
  const find = db.prepare('select * from friends where user_id = ?');
  const all = db.prepare('select * from friends order by user_id');
  const set = db.prepare(
    'insert into friends (user_id, state) values (?, ?) on conflict (user_id) do update set state = excluded.state',
  );
  const remove = db.prepare('delete from friends where user_id = ?');
  const seed = db.prepare("insert into seeded (what) values ('friends') on conflict do nothing");

  return {
    /** Writes the first friends into a new database; in one that was seeded before it changes nothing. */
    seed(users: readonly UserId[]): void {
      if (Number(seed.run().changes) === 0) return;
      for (const user of users) set.run(user, 'friend');
    },
    stateOf(user: UserId): Friendship {
      const found = find.get(user);
      return found ? row.parse(found).state : 'stranger';
    },
    declaration(): FriendsDeclaration {
      const rows = all.all().map((found) => row.parse(found));
      return {
        friends: rows.filter(({ state }) => state === 'friend').map(({ user_id }) => user_id),
        leaving: rows.filter(({ state }) => state === 'leaving').map(({ user_id }) => user_id),
      };
    },
    set(user: UserId, state: 'friend' | 'leaving'): void {
      set.run(user, state);
    },
    remove(user: UserId): void {
      remove.run(user);
    },
  };
}
export type FriendStore = ReturnType<typeof friendStore>;
