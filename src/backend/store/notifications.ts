import type { DatabaseSync } from 'node:sqlite';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { type Notification, notification } from '../../protocol/backend-rest.ts';
import { jsonText } from './json-text.ts';

/** The newest this many are kept. */
export const notificationLimit = 1000;

const row = z.object({ n: z.int(), body: jsonText(notification) });

/** A notification without what the store gives it. */
export type NewNotification = Omit<Notification, 'id' | 'created_at'>;

/** What this user should read. */
export function notificationStore(db: DatabaseSync) {
  const insert = db.prepare('insert into notifications (body) values (?) returning n, body');
  const forget = db.prepare('delete from notifications where n <= ?');
  const newest = db.prepare('select * from notifications order by n desc limit ?');

  return {
    add(draft: NewNotification, now: string): Notification {
      const added = row.parse(insert.get(JSON.stringify({ ...draft, id: uuid(), created_at: now })));
      forget.run(added.n - notificationLimit);
      return added.body;
    },
    newest(limit: number): Notification[] {
      return newest.all(limit).map((found) => row.parse(found).body);
    },
  };
}
export type NotificationStore = ReturnType<typeof notificationStore>;
