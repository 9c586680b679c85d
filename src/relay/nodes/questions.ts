import type { FetchQuestion, FetchResult } from '../../protocol/collab-fetch.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { UserFrame } from '../bus/frames.ts';
import type { Post } from '../bus/post.ts';
import type { Declarer } from '../friendship.ts';
import type { Member } from '../member.ts';
import type { Roster } from '../roster.ts';
import { listsOf, regardOf } from './remote.ts';

/** What hands questions and answers to users who are here. */
export interface QuestionsHere {
  question(asker: Declarer, owner: Member, question: FetchQuestion): boolean;
  result(asker: Member, owner: Declarer, result: FetchResult): void;
}

export interface QuestionsOptions {
  readonly post: Post;
  readonly roster: Roster;
  readonly here: QuestionsHere;
}

/** After this it is of no use any more to know that somebody was asked. */
const forgetMs = 10_000;

/** `collab_fetch` between users of different nodes: the other user's node checks the friendship and writes. */
export class Questions implements Disposable {
  readonly #options: QuestionsOptions;
  readonly #asked = new Map<number, { readonly onAsked: () => void; readonly timer: NodeJS.Timeout }>();
  #last = 0;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** `onAsked` is called when the question is on the owner's socket, and never if it may not pass. */
  ask(asker: Member, to: UserId, question: FetchQuestion, onAsked: () => void): void {
    const as = regardOf(asker, to);
    if (as !== 'friend') return;
    this.#last += 1;
    const q = this.#last;
    const timer = setTimeout(() => this.#asked.delete(q), forgetMs).unref();
    this.#asked.set(q, { onAsked, timer });
    this.#options.post.toUser(to, { k: 'fetch', q, from: asker.user, as, question });
  }

  hearAsked(q: number): void {
    const asked = this.#asked.get(q);
    if (!asked) return;
    clearTimeout(asked.timer);
    this.#asked.delete(q);
    asked.onAsked();
  }

  hearQuestion(to: UserId, frame: Extract<UserFrame, { k: 'fetch' }>, node: string): void {
    const { post, roster, here } = this.#options;
    const { q, from, as, question } = frame;
    const owner = roster.get(to);
    if (owner && question.from === from && here.question(oneSided(from, as, to), owner, question)) {
      post.toNode(node, { k: 'asked', q });
    }
  }

  answer(owner: Member, to: UserId, result: FetchResult): void {
    const as = regardOf(owner, to);
    if (as === 'friend') this.#options.post.toUser(to, { k: 'fetched', from: owner.user, as, result });
  }

  hearAnswer(to: UserId, { from, as, result }: Extract<UserFrame, { k: 'fetched' }>): void {
    const { roster, here } = this.#options;
    const asker = roster.get(to);
    if (asker && result.from === from) here.result(asker, oneSided(from, as, to), result);
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#asked.values()) clearTimeout(timer);
    this.#asked.clear();
  }
}

const oneSided = (user: UserId, as: Parameters<typeof listsOf>[0], of: UserId): Declarer => ({
  user,
  lists: listsOf(as, of),
});
