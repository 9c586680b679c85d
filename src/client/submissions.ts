import type { SubmitReply } from '../protocol/receipts.ts';

/**
 * The frames that have no reply yet. At most `limit` at a time: the relay's replies pace us, and a bucket that shuts is
 * noticed before it is hammered. Times are ms of one monotonic clock.
 */
export class Submissions {
  readonly #limit: number;
  readonly #replyTimeoutMs: number;
  readonly #open = new Set<{ readonly by: number }>();
  #shutUntil = 0;

  constructor(options: { readonly limit: number; readonly replyTimeoutMs: number }) {
    this.#limit = options.limit;
    this.#replyTimeoutMs = options.replyTimeoutMs;
  }

  /** How many replies may still come. */
  unreplied(now: number): number {
    this.#forgetOverdue(now);
    return this.#open.size;
  }

  /** Until when a limit of the whole connection is shut. */
  get shutUntil(): number {
    return this.#shutUntil;
  }

  /** How many frames may leave now. */
  budget(now: number): number {
    this.#forgetOverdue(now);
    return now < this.#shutUntil ? 0 : Math.max(0, this.#limit - this.#open.size);
  }

  /** In the order of their sending, so that the overdue ones come first. Their streams send them again. */
  #forgetOverdue(now: number): void {
    for (const submission of this.#open) {
      if (submission.by > now) break;
      this.#open.delete(submission);
    }
  }

  /** A frame leaves; the answer is to be called with its reply. */
  opened(now: number): (reply: SubmitReply, at: number) => void {
    const submission = { by: now + this.#replyTimeoutMs };
    this.#open.add(submission);
    return (reply, at) => {
      this.#open.delete(submission);
      if (reply.status !== 'limited' || reply.scope === 'pair') return;
      this.#shutUntil = Math.max(this.#shutUntil, at + (reply.retry_after_ms ?? 0));
    };
  }

  /** Another connection: nothing will be answered, and its buckets are new. */
  reset(): void {
    this.#open.clear();
    this.#shutUntil = 0;
  }
}
