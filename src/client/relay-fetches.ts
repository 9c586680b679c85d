import { randomUUID } from 'node:crypto';
import type { FetchQuestion, FetchReply, FetchRequest, FetchResult } from '../protocol/collab-fetch.ts';
import type { UserId } from '../protocol/ids.ts';

/** What another backend answered through the relay, or why it did not. */
export type RelayedAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  /** The relay's or the owner's word, or our own: `not_connected`, `timeout`. */
  | { readonly kind: 'none'; readonly code: string };

/** How our own backend answers somebody who asks through the relay. Never rejects. */
export type AnswerQuestion = (
  question: FetchQuestion,
) => Promise<Pick<FetchReply, 'status' | 'body' | 'code'>>;

export interface RelayFetchesOptions {
  /** False: there is no connection. */
  readonly send: (request: FetchRequest) => boolean;
  readonly reply: (reply: FetchReply) => boolean;
  readonly answer: AnswerQuestion;
}

interface Waiting {
  readonly owner: UserId;
  readonly done: (answer: RelayedAnswer) => void;
}

/** Questions to others and from others that go through the relay. */
export class RelayFetches {
  readonly #options: RelayFetchesOptions;
  readonly #waiting = new Map<string, Waiting>();
  #answering = 0;

  constructor(options: RelayFetchesOptions) {
    this.#options = options;
  }

  /** Questions of others that are being answered. */
  get answering(): number {
    return this.#answering;
  }

  /** Asks another user's backend; resolves when it has answered, or it is sure or likely that it will not. */
  ask(request: Omit<FetchRequest, 'id'>, timeoutMs: number): Promise<RelayedAnswer> {
    const { promise, resolve } = Promise.withResolvers<RelayedAnswer>();
    const id = randomUUID();
    const timer = setTimeout(() => this.#settle(id, { kind: 'none', code: 'timeout' }), timeoutMs);
    this.#waiting.set(id, {
      owner: request.to,
      done: (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
    });
    if (!this.#options.send({ ...request, id })) this.#settle(id, { kind: 'none', code: 'not_connected' });
    return promise;
  }

  /** Only whoever was asked can answer: the relay says who speaks. */
  result({ id, from, status, body, code = 'no_answer' }: FetchResult): void {
    if (this.#waiting.get(id)?.owner !== from) return;
    this.#settle(id, status === undefined ? { kind: 'none', code } : { kind: 'answered', status, body });
  }

  async question(question: FetchQuestion): Promise<void> {
    this.#answering += 1;
    try {
      const answer = await this.#options.answer(question);
      this.#options.reply({ ...answer, id: question.id, to: question.from });
    } finally {
      this.#answering -= 1;
    }
  }

  /** Nothing that was asked on the lost connection will be answered. */
  lost(): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { kind: 'none', code: 'not_connected' });
  }

  #settle(id: string, answer: RelayedAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.done(answer);
  }
}
