import type { PageFrame } from '../protocol/page-socket.ts';
import type { Presence } from '../protocol/presence.ts';
import type { Happening } from '../protocol/records.ts';
import { notify } from './effects/effect.ts';
import type { Store } from './store/store.ts';

export interface PresenceNoted {
  readonly frames: readonly PageFrame[];
  readonly happenings: readonly Happening[];
}

/**
 * Keeps what the relay tells about a friend. The first key is pinned. Another one later is believed, because only the
 * authenticated friend can have given it to the relay (a backend that lost its folder has a new key), and it is shown,
 * because a relay that lies could have made it up. Call it inside a transaction.
 */
export function notePresence(
  presence: Presence,
  context: { readonly store: Store; readonly now: string },
): PresenceNoted {
  const { store } = context;
  const { user_id, display_name, peer_key } = presence;
  if (store.friends.stateOf(user_id) === 'stranger') return { frames: [], happenings: [] };
  const known = store.peers.find(user_id);
  const pinned = known?.peer_key;
  // Presence comes and goes all the time; a commit that changes nothing would still wait for the disk.
  const news = known?.display_name !== display_name || (peer_key && pinned?.x !== peer_key.x);
  if (news) store.peers.note(presence);
  const frames: PageFrame[] = [{ type: 'presence', presence }];
  if (!pinned || !peer_key || pinned.x === peer_key.x) return { frames, happenings: [] };
  const text = `${display_name} has a new key: a new installation, or somebody else who uses this name.`;
  frames.push(notify(context, { kind: 'key_changed', text, from_user: user_id }));
  return { frames, happenings: [{ type: 'note', level: 'warn', code: 'key_changed', text }] };
}
