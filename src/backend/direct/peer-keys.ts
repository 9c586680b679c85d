import { backendRoutes } from '../../protocol/backend-rest.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { PeerKey } from '../../protocol/presence.ts';
import type { FetchOutcome } from '../checks/judge-fetch.ts';

export interface PeerKeysOptions {
  /** Where a user's backend is, by this backend's settings. */
  readonly isKnown: (user: UserId) => boolean;
  readonly pinned: (user: UserId) => PeerKey | undefined;
  /** GETs the key set of a user's backend. */
  readonly ask: (user: UserId) => Promise<FetchOutcome<unknown>>;
  /** A key that is to be kept, if its user is a friend; another one than before is shown to this user. */
  readonly pin: (user: UserId, key: PeerKey) => void;
  /** In ms, by a clock that never runs backwards. */
  readonly now?: () => number;
}

/** Who calls with false tokens makes us ask for a key no more often than this, in milliseconds. */
const notSoonerMs = 1000;

/**
 * The keys of other backends, from the addresses that this backend's settings give for them. A friend's key is pinned
 * in the database; a stranger's is known only as long as this process lives, so that they can be told that they are one.
 */
export class PeerKeys {
  readonly #options: PeerKeysOptions;
  readonly #strangers = new Map<UserId, PeerKey>();
  readonly #asked = new Map<UserId, { readonly at: number; readonly answer: Promise<PeerKey | undefined> }>();

  constructor(options: PeerKeysOptions) {
    this.#options = options;
  }

  of(user: UserId): PeerKey | undefined {
    return this.#options.pinned(user) ?? this.#strangers.get(user);
  }

  /**
   * A token that a user seems to have signed is not good under the key that is known, or none is: asks their backend.
   * `unreachable`: nobody can tell now.
   */
  async renew(user: UserId): Promise<'changed' | 'same' | 'unreachable'> {
    const { isKnown, pin } = this.#options;
    if (!isKnown(user)) return 'same';
    const before = this.of(user);
    const key = await this.#ask(user);
    if (!key) return before ? 'same' : 'unreachable';
    if (before?.x === key.x) return 'same';
    this.#strangers.set(user, key);
    pin(user, key);
    return 'changed';
  }

  #ask(user: UserId): Promise<PeerKey | undefined> {
    const now = (this.#options.now ?? (() => performance.now()))();
    const last = this.#asked.get(user);
    if (last && now - last.at < notSoonerMs) return last.answer;
    const answer = this.#options.ask(user).then((outcome) => {
      const jwks = backendRoutes.jwks.answer.safeParse(
        outcome.kind === 'answered' ? outcome.answer : undefined,
      );
      const [key] = jwks.data?.keys ?? [];
      // What failed may work in a moment.
      if (!key) this.#asked.delete(user);
      return key && { kty: key.kty, crv: key.crv, x: key.x };
    });
    this.#asked.set(user, { at: now, answer });
    return answer;
  }
}
