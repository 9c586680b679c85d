import { readFile } from 'node:fs/promises';
import type { CollabClientOptions } from '../client/collab-client.ts';
import { inTransaction, isPassingFailure } from '../client/transaction.ts';
import { messageOf } from '../problem.ts';
import type { BackendConfig } from '../protocol/backend-config.ts';
import type { OutboxEntry } from '../protocol/backend-rest.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Presence } from '../protocol/presence.ts';
import type { Tell } from '../protocol/records.ts';
import { notePresence, type PresenceNoted } from './note-presence.ts';
import type { Pages } from './pages.ts';
import { type Settled, settle } from './settle.ts';
import type { Store } from './store/store.ts';

export interface RelayLinkOptions {
  readonly store: Store;
  readonly pages: Pick<Pages, 'push'>;
  readonly tell: Tell;
  readonly friendsChanged: () => void;
  /** A friend is there, at a known address. */
  readonly onFriendOnline: (user: UserId) => void;
}

/** What this backend does when the relay tells something, but for events: receipts, presence, the connection itself. */
export function relayLink({
  store,
  pages,
  tell,
  friendsChanged,
  onFriendOnline,
}: RelayLinkOptions): Pick<CollabClientOptions, 'onSettled' | 'onOutbox' | 'onPresence' | 'onConnection'> {
  /** By event and recipient, from the settling transaction to its commit. */
  const pending = new Map<string, Settled>();
  const keyOf = ({ event_id, to }: OutboxEntry) => `${event_id} ${to}`;

  /** A disk that is busy or full keeps nobody from being shown: the next word about this friend is written. */
  function noted(presence: Presence): PresenceNoted {
    try {
      const now = new Date().toISOString();
      return inTransaction(store.db, () => notePresence(presence, { store, now }));
    } catch (error) {
      if (!isPassingFailure(error)) throw error;
      const text = `What the relay tells of ${presence.user_id} could not be written: ${messageOf(error)}`;
      const note = { type: 'note', level: 'warn', code: 'presence_not_written', text } as const;
      return { frames: [{ type: 'presence', presence }], happenings: [note] };
    }
  }

  return {
    onSettled(entry, data) {
      pending.set(keyOf(entry), settle(entry, data, { store, now: new Date().toISOString() }));
    },
    onOutbox(entry) {
      const settled = pending.get(keyOf(entry));
      pending.delete(keyOf(entry));
      pages.push([{ type: 'receipt', entry }, ...(settled?.frames ?? [])]);
      if (settled?.friendsChanged) friendsChanged();
    },
    onPresence(presence) {
      const { frames, happenings } = noted(presence);
      for (const happening of happenings) tell(happening);
      pages.push(frames);
      if (presence.status === 'online' && presence.backend_url) onFriendOnline(presence.user_id);
    },
    onConnection(connected) {
      pages.push([{ type: 'relay', connected }]);
    },
  };
}

/** The relay token, read anew at each connect: a file of it is rewritten before it expires. */
export function relayToken({
  token,
  token_file,
}: Pick<BackendConfig, 'token' | 'token_file'>): () => Promise<string | undefined> {
  return async () => (token_file === undefined ? token : (await readFile(token_file, 'utf8')).trim());
}
