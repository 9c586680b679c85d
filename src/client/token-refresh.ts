import type { RelayLink } from './relay-link.ts';

export interface TokenRefreshOptions {
  readonly link: Pick<RelayLink, 'refresh'>;
  readonly token: () => Promise<string | undefined>;
  /** The token of the handshake. */
  readonly used: string | undefined;
}

const soonestMs = 100;
/** Between two looks for a newer token when the old one has ended, by our clock at least: the relay's may differ. */
const lateMs = 1000;
const longestTimerMs = 2 ** 31 - 1;

/**
 * Hands the relay a new token before the old one ends, so that the connection outlives it: at three quarters of what
 * is left, and again at three quarters of the rest while there is no newer one, as long as the link lives. Failing that, the relay closes the
 * connection with `token_expired` and the next one is made with whatever token there is then.
 */
export class TokenRefresh {
  readonly #options: TokenRefreshOptions;
  #used: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #expiresAt = '';
  #closed = false;

  constructor(options: TokenRefreshOptions) {
    this.#options = options;
    this.#used = options.used;
  }

  expiresAt(iso: string): void {
    clearTimeout(this.#timer);
    this.#expiresAt = iso;
    const left = Date.parse(iso) - Date.now();
    if (this.#closed || Number.isNaN(left)) return;
    const wait = left > soonestMs ? Math.min(longestTimerMs, left * 0.75) : lateMs;
    this.#timer = setTimeout(() => void this.#refresh(iso), wait);
  }

  /** The relay has warned: looks for a newer token at once. */
  now(): void {
    clearTimeout(this.#timer);
    if (!this.#closed) void this.#refresh(this.#expiresAt);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #refresh(iso: string): Promise<void> {
    const token = await this.#options.token().catch(() => undefined);
    if (this.#closed) return;
    if (token === undefined || token === this.#used) {
      this.expiresAt(iso);
      return;
    }
    this.#options.link.refresh(token, (answer) => {
      if (answer?.ok) this.#used = token;
      this.expiresAt((answer?.ok ? answer.expires_at : undefined) ?? iso);
    });
  }
}
