import type { UserId } from '../protocol/ids.ts';
import type { Presence } from '../protocol/presence.ts';

/** What was last told of each friend; origin and key stay known while somebody is offline. */
export class PresenceBook {
  readonly #told = new Map<UserId, Presence>();
  readonly #onPresence: (presence: Presence) => void;

  constructor(onPresence: (presence: Presence) => void) {
    this.#onPresence = onPresence;
  }

  of(user: UserId): Presence | undefined {
    return this.#told.get(user);
  }

  told(presence: Presence): void {
    // A later word may say less than an earlier one.
    const before = this.#told.get(presence.user_id);
    const { backend_url = before?.backend_url, peer_key = before?.peer_key, ...rest } = presence;
    const merged = {
      ...rest,
      ...(backend_url !== undefined && { backend_url }),
      ...(peer_key && { peer_key }),
    };
    this.#told.set(presence.user_id, merged);
    this.#onPresence(merged);
  }

  /** Our own connection is lost: nobody can be reached, and the next snapshot names only who is there. */
  lost(): void {
    for (const presence of this.#told.values()) {
      if (presence.status === 'online') this.told({ ...presence, status: 'offline' });
    }
  }
}
