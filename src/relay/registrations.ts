import type { UserId } from '../protocol/ids.ts';
import type { Registration } from '../protocol/relay-rest.ts';

const keptMs = 60_000;
const most = 10_000;

/** REST registrations, each kept for a minute to fill what the socket handshake leaves out. */
export class Registrations {
  /** In the order of time, the oldest first. */
  readonly #kept = new Map<UserId, { readonly registration: Registration; readonly until: number }>();

  keep(registration: Registration, now: number): void {
    this.#kept.delete(registration.user_id);
    for (const [user, { until }] of this.#kept) {
      if (until > now && this.#kept.size < most) break;
      this.#kept.delete(user);
    }
    this.#kept.set(registration.user_id, { registration, until: now + keptMs });
  }

  of(user: UserId, now: number): Registration | undefined {
    const kept = this.#kept.get(user);
    return kept && kept.until > now ? kept.registration : undefined;
  }
}
