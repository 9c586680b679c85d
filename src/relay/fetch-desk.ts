import {
  type FetchQuestion,
  type FetchResult,
  fetchReply,
  fetchRequest,
  longestFetchedBody,
} from '../protocol/collab-fetch.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Tell } from '../protocol/records.ts';
import { type Declarer, tie } from './friendship.ts';
import { shapeFault } from './json-shape.ts';
import type { Limits } from './limits.ts';
import type { Member } from './member.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { Roster } from './roster.ts';

export interface FetchDeskOptions {
  readonly roster: Pick<Roster, 'get'>;
  readonly limits: Limits;
  /** `unavailable` is said this long after the question, whatever its reason. */
  readonly unavailableMs: number;
  /** A limit was hit so often in a row that it is abuse. */
  readonly onAbuse: (member: Member) => void;
  readonly tell: Tell | undefined;
  /** Absent where this relay is the only node. */
  readonly nodes: Nodes | undefined;
}

interface Late {
  readonly asker: Member;
  readonly result: FetchResult;
}

/** Room for what stands around a body. */
const shape = { bytes: longestFetchedBody + 2048, depth: 32, keys: 20_000 };

/**
 * Passes the questions of backends to others that cannot be dialled, and their answers back (protocol.md section 6). The
 * gate is that of events: both sides must call each other friends, and each frame costs what an event costs. Nothing is
 * kept of a question; an answer is passed on to whomever it names, who alone knows whether they have asked.
 */
export class FetchDesk implements Disposable {
  readonly #options: FetchDeskOptions;
  readonly #late = new Map<NodeJS.Timeout, Late>();

  constructor(options: FetchDeskOptions) {
    this.#options = options;
  }

  /** Results that are not sent yet. */
  get pending(): number {
    return this.#late.size;
  }

  ask(asker: Member, raw: unknown): void {
    const parsed = fetchRequest.safeParse(raw);
    if (!parsed.success) {
      this.#unread(asker, raw);
      return;
    }
    const { id, to, path, token } = parsed.data;
    const shutMs = this.#pay(asker, to);
    if (shutMs > 0) {
      answer(asker, { id, from: to, code: 'limited', retry_after_ms: shutMs });
      return;
    }
    const owner = this.#options.roster.get(to);
    const question: FetchQuestion = { id, from: asker.user, path, token };
    if (!owner || !this.question(asker, owner, question)) {
      const patienceMs = owner ? undefined : this.#options.nodes?.patienceMs(asker.user, to);
      const later = this.#later({ asker, result: { id, from: to, code: 'unavailable' } }, patienceMs);
      // Whoever has the owner says in time that it has been asked.
      if (!owner) this.#options.nodes?.ask(asker, to, question, () => this.#drop(later));
      return;
    }
    this.#options.tell?.({
      type: 'note',
      level: 'info',
      code: 'fetch_through_relay',
      text: `${asker.user} could not reach ${to}'s backend and asks it through the relay.`,
    });
  }

  /** An answer that may not pass is dropped: its asker gives up waiting by itself, as for an owner who never answers. */
  answer(owner: Member, raw: unknown): void {
    const fault = shapeFault(raw, shape);
    const parsed = fetchReply.safeParse(raw);
    if (fault || !parsed.success) {
      this.#unread(owner, undefined);
      return;
    }
    const { to, ...reply } = parsed.data;
    const shutMs = this.#pay(owner, to);
    const result: FetchResult =
      shutMs > 0
        ? { id: reply.id, from: owner.user, code: 'limited', retry_after_ms: shutMs }
        : { ...reply, from: owner.user };
    const asker = this.#options.roster.get(to);
    if (asker) this.result(asker, owner, result);
    else this.#options.nodes?.answer(owner, to, result);
  }

  /** Hands a question to an owner who is here. False: it may not pass. */
  question(asker: Declarer, owner: Member, question: FetchQuestion): boolean {
    if (!mayAsk(asker, owner, this.#isSlow(owner))) return false;
    owner.send('collab_fetch', JSON.stringify(question));
    return true;
  }

  /** Hands an answer to an asker who is here, if it may pass. */
  result(asker: Member, owner: Declarer, result: FetchResult): void {
    if (mayAsk(asker, owner, this.#isSlow(asker))) answer(asker, result);
  }

  /** What one frame costs; answers how many ms to wait where that cannot be paid, and takes note of hammering. */
  #pay(member: Member, other: UserId): number {
    const { limits } = this.#options;
    const now = performance.now();
    const shut = limits.payEvent(member.budgets, member.connection.address, 1, now);
    if (shut) {
      this.#hammered(member, now, shut.retryAfterMs);
      return shut.retryAfterMs;
    }
    return member.budgets.pairs.take(other, 1, now);
  }

  #unread(member: Member, raw: unknown): void {
    const now = performance.now();
    const retryAfterMs = member.budgets.events.take(1, now);
    if (retryAfterMs > 0) this.#hammered(member, now, retryAfterMs);
    const named = fetchRequest.pick({ id: true, to: true }).safeParse(raw);
    if (named.success) answer(member, { id: named.data.id, from: named.data.to, code: 'bad_fetch' });
  }

  #hammered(member: Member, now: number, retryAfterMs: number): void {
    if (this.#options.limits.hammered(member, retryAfterMs, now)) this.#options.onAbuse(member);
  }

  #isSlow({ connection }: Member): boolean {
    return connection.buffered > this.#options.limits.settings.buffer_soft_bytes;
  }

  #later(late: Late, waitMs = this.#options.unavailableMs): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      if (this.#options.roster.get(late.asker.user) === late.asker) answer(late.asker, late.result);
    }, waitMs);
    this.#late.set(timer, late);
    return timer;
  }

  #drop(later: NodeJS.Timeout): void {
    clearTimeout(later);
    this.#late.delete(later);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#late.keys()) clearTimeout(timer);
    this.#late.clear();
  }
}

/** Whether a question may pass between two that are connected; the answers to all that may not look the same. */
export function mayAsk(asker: Declarer, owner: Declarer, slow: boolean): boolean {
  return !slow && asker.user !== owner.user && tie(asker, owner) === 'friends';
}

function answer(asker: Member, result: FetchResult): void {
  asker.send('collab_fetch_result', JSON.stringify(result));
}
