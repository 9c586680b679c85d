import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { openCollabClient } from '../../src/client/index.ts';
import { userId } from '../../src/protocol/ids.ts';
import { peerKey } from '../../src/protocol/presence.ts';

/**
 * Bob's client in a process of its own, to be killed: it commits what it gets, says so, and acknowledges so late that
 * the kill comes before.
 */
const config = z.object({ url: z.string(), file: z.string() }).parse(JSON.parse(process.argv[2] ?? ''));
const db = new DatabaseSync(config.file);
db.exec(
  'PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS applied (n INTEGER PRIMARY KEY, id TEXT NOT NULL)',
);

await openCollabClient({
  db,
  user: userId.parse('bob'),
  displayName: 'bob',
  backendUrl: 'http://127.0.0.1:8001',
  collabUrl: config.url,
  token: async () => undefined,
  friends: () => ({ friends: [userId.parse('alice')], leaving: [] }),
  peerKey: peerKey.parse({ kty: 'OKP', crv: 'Ed25519', x: 'B'.repeat(43) }),
  acks: true,
  outboxLimit: 100,
  timing: {
    ackDelayMs: 60_000,
    replyTimeoutMs: 500,
    sweepMs: 60_000,
    reconnectMinMs: 10,
    reconnectMaxMs: 50,
  },
  apply: (event) => {
    db.prepare('INSERT INTO applied (id) VALUES (?)').run(event.id);
    return { outcome: 'applied' };
  },
  onCommitted: ({ event }) => process.send?.(event.id),
  onOutbox: () => {},
  onSettled: () => {},
  onPresence: () => {},
  onConnection: () => {},
  tell: () => {},
});
