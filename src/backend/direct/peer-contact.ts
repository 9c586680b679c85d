import { fullJitter } from '../../client/backoff.ts';
import type { DeliveredEvent } from '../../protocol/events.ts';
import type { UserId } from '../../protocol/ids.ts';
import { eventsInRequest } from '../../protocol/peer-events.ts';
import { isNotTaken, judgePost, keptBack, type PostJudgement } from './judge-post.ts';
import type { Posted } from './peer-line.ts';

export interface PeerContactOptions {
  readonly user: UserId;
  readonly displayName: string;
  /** We are leaving them: they may be told of revokes alone. */
  readonly isLeft: () => boolean;
  readonly backoff: { readonly from: number; readonly to: number };
  readonly post: (
    body: { display_name: string; leaving?: true; events: readonly DeliveredEvent[] },
    onWritten: () => void,
  ) => Promise<Posted>;
  /** These are on the network. */
  readonly onWritten: (events: readonly DeliveredEvent[]) => void;
  /** Every answer, and every time that there was none. */
  readonly onJudged: (events: readonly DeliveredEvent[], judgement: PostJudgement) => void;
}

/**
 *                 2xx, or they call us
 *   new ─greeting─────────────► reached
 *    │  │                         │ ▲
 *    │  └──── 401, 403, 404 ──► refused (no friend, until one of us says otherwise)
 *    │                            │ ▲
 *    └── no answer ───────────► away, which greets again after a pause
 */
export type ContactState = 'new' | 'reached' | 'refused' | 'away';

/** Below what a backend takes in one body. */
const mostBytes = 96 * 1024;

/** What goes to one friend's backend, one request after another, so that their order is kept. */
export class PeerContact {
  readonly #options: PeerContactOptions;
  #state: ContactState = 'new';
  #queue: DeliveredEvent[] = [];
  /** They said that they leave us. */
  #leavesUs = false;
  #greet = false;
  /** So many at the head of the queue go one by one. */
  #alone = 0;
  #busy = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #sent = 0;
  #answered = 0;

  constructor(options: PeerContactOptions) {
    this.#options = options;
  }

  get state(): ContactState {
    return this.#state;
  }

  /** Requests that were begun, and those that came to an end. */
  get count(): { readonly sent: number; readonly received: number } {
    return { sent: this.#sent, received: this.#answered };
  }

  get busy(): boolean {
    return this.#busy;
  }

  send(event: DeliveredEvent): void {
    this.#queue.push(event);
    void this.#pump();
  }

  /** Asks whether they are there, and says that we are. */
  greet(): void {
    this.#greet = true;
    void this.#pump();
  }

  /**
   * They have called us, as a friend or as somebody who leaves. Whom we had not reached is greeted back: only a
   * connection of our own tells us when they are gone.
   */
  heard(leaving: boolean): void {
    this.#leavesUs = leaving;
    const isNews = this.#state !== 'reached';
    this.#became('reached');
    if (isNews) this.greet();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  async #pump(): Promise<void> {
    if (this.#busy || this.#closed) return;
    this.#busy = true;
    try {
      while (!this.#closed && (this.#queue.length > 0 || this.#greet)) await this.#exchange();
    } finally {
      this.#busy = false;
    }
  }

  async #exchange(): Promise<void> {
    const { user, displayName, isLeft, post, onWritten, onJudged } = this.#options;
    // Nobody is told anything before they have said that they are a friend.
    const events = this.#state === 'reached' && !this.#greet ? this.#take() : [];
    if (events.length === 0 && !this.#greet && this.#state === 'reached') return;
    this.#greet = false;
    this.#sent += 1;
    const posted = await post(
      { display_name: displayName, ...(isLeft() && { leaving: true as const }), events },
      () => onWritten(events),
    );
    this.#answered += 1;
    if (this.#closed) return;
    if (events.length > 1 && isNotTaken(posted)) {
      // One of them is not as it should be, and only its sender's user is to be told of that one.
      this.#alone = events.length;
      this.#queue.unshift(...events);
      return;
    }
    const judgement = judgePost(user, events, posted);
    this.#became(judgement.is);
    if (judgement.is === 'reached') this.#leavesUs = judgement.leaving;
    onJudged(events, judgement);
    // What waits behind it would fare the same, only later.
    const behind = judgement.is === 'reached' ? [] : this.#queue.splice(0);
    if (behind.length > 0) onJudged(behind, judgePost(user, behind, posted));
  }

  #became(state: Exclude<ContactState, 'new'>): void {
    this.#state = state;
    clearTimeout(this.#timer);
    if (state !== 'away') this.#failures = 0;
    else {
      this.#timer = setTimeout(
        () => this.greet(),
        fullJitter(this.#options.backoff, this.#failures, Math.random()),
      );
      this.#failures += 1;
    }
  }

  #take(): DeliveredEvent[] {
    if (this.#leavesUs) {
      const { user, onJudged } = this.#options;
      const kept = this.#queue.filter(({ type }) => type !== 'share_revoked');
      this.#queue = this.#queue.filter(({ type }) => type === 'share_revoked');
      if (kept.length > 0) onJudged(kept, keptBack(user, kept));
    }
    let bytes = 0;
    let count = 0;
    const most = this.#alone > 0 ? 1 : eventsInRequest;
    for (const event of this.#queue.slice(0, most)) {
      bytes += Buffer.byteLength(JSON.stringify(event));
      if (count > 0 && bytes > mostBytes) break;
      count += 1;
    }
    this.#alone = Math.max(0, this.#alone - count);
    return this.#queue.splice(0, count);
  }
}
