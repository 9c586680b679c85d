import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitDurably, openDatabase } from '../../src/backend/store/database.ts';
import { notificationLimit } from '../../src/backend/store/notifications.ts';
import { storeIn } from '../../src/backend/store/store.ts';
import { aFolder } from './rig.ts';

test('a commit is on the disk before anybody hears of it', async () => {
  const folder = join(await aFolder(), 'data');
  using db = openDatabase(folder);
  commitDurably(db);
  expect(db.prepare('pragma synchronous').get()).toMatchObject({ synchronous: 2 });
  expect(db.prepare('pragma journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
  expect(db.prepare('pragma foreign_keys').get()).toMatchObject({ foreign_keys: 1 });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('what is no database is a problem that names the file', async () => {
  const folder = await aFolder();
  writeFileSync(
    join(folder, 'backend.sqlite'),
    'not a database at all, but long enough to be looked at'.repeat(50),
  );
  expect(() => openDatabase(folder)).toThrow(
    expect.objectContaining({
      code: 'unusable-database',
      message: expect.stringContaining(join(folder, 'backend.sqlite')),
    }),
  );
});

test('old notifications are forgotten', async () => {
  using db = openDatabase(await aFolder());
  const { notifications } = storeIn(db);
  for (let n = 1; n <= notificationLimit + 5; n++) {
    notifications.add({ kind: 'refused', text: String(n) }, '2026-01-01T00:00:00.000Z');
  }
  const kept = notifications.newest(notificationLimit + 5).map(({ text }) => Number(text));
  expect(kept).toHaveLength(notificationLimit);
  expect([kept.at(0), kept.at(-1)]).toEqual([notificationLimit + 5, 6]);
});
