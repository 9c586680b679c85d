import { z } from 'zod';
import { backendRoutes } from '../../protocol/backend-rest.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { Position } from '../../protocol/positions.ts';
import { Broken } from '../check.ts';
import { type Answer, ask, type Question } from './ask.ts';

const ideas = '/api/v1/positions/ideas';
const act = z.looseObject({ event_ids: z.array(z.string()) });

/** The tested backend as its own user's page uses it. */
export class Owner {
  readonly user: UserId;
  readonly #url: () => string;
  readonly #token: () => Promise<string>;
  readonly #withinMs: number;

  constructor(user: UserId, url: () => string, token: () => Promise<string>, withinMs: number) {
    this.user = user;
    this.#url = url;
    this.#token = token;
    this.#withinMs = withinMs;
  }

  get url(): string {
    return this.#url();
  }

  /** With the owner's token. */
  async ask(question: Omit<Question, 'token' | 'as'>): Promise<Answer> {
    return ask(this.url, { ...question, token: await this.#token(), as: `${this.user}'s own token` });
  }

  /** As anybody else: with the token that is given, or with none. */
  askAs(question: Question): Promise<Answer> {
    return ask(this.url, question);
  }

  ownerToken(): Promise<string> {
    return this.#token();
  }

  async create(id: string, content: Record<string, unknown> = {}): Promise<Position> {
    const answer = await this.ask({ method: 'POST', path: ideas, body: { id, symbol: 'SAP', ...content } });
    return answer.expect(201, 200).as(backendRoutes.createPosition.answer);
  }

  /** The ids of the events that it sent. */
  async share(id: string, ...friends: string[]): Promise<string[]> {
    const path = `${ideas}/${id}/share`;
    const answer = await this.ask({ method: 'POST', path, body: { friend_ids: friends } });
    return answer.expect(200, 201).as(act).event_ids;
  }

  async update(id: string, change: Record<string, unknown>): Promise<string[]> {
    const answer = await this.ask({ method: 'PATCH', path: `${ideas}/${id}`, body: change });
    return answer.expect(200).as(act).event_ids;
  }

  async revoke(id: string, friend: string): Promise<string[]> {
    const answer = await this.ask({ method: 'DELETE', path: `${ideas}/${id}/share/${friend}` });
    return answer.expect(200).as(act).event_ids;
  }

  async comment(id: string, text: string, comment?: string): Promise<string[]> {
    const body = { text, ...(comment !== undefined && { id: comment }) };
    const answer = await this.ask({ method: 'POST', path: `${ideas}/${id}/comments`, body });
    return answer.expect(201, 200).as(act).event_ids;
  }

  read(id: string): Promise<Answer> {
    return this.ask({ path: `${ideas}/${id}` });
  }

  async positions() {
    const answer = await this.ask({ path: ideas });
    return answer.expect(200).as(backendRoutes.listPositions.answer);
  }

  async thread(id: string) {
    const answer = await this.ask({ path: `${ideas}/${id}/comments` });
    return answer.expect(200).as(backendRoutes.listComments.answer);
  }

  async friends() {
    const answer = await this.ask({ path: '/api/v1/friends' });
    return answer.expect(200).as(backendRoutes.listFriends.answer);
  }

  async befriend(friend: string): Promise<void> {
    const answer = await this.ask({ method: 'POST', path: '/api/v1/friends', body: { user_id: friend } });
    answer.expect(201, 200);
  }

  async unfriend(friend: string): Promise<void> {
    (await this.ask({ method: 'DELETE', path: `/api/v1/friends/${friend}` })).expect(200, 204);
  }

  async notifications() {
    const answer = await this.ask({ path: '/api/v1/notifications' });
    return answer.expect(200).as(backendRoutes.listNotifications.answer);
  }

  async outbox() {
    const answer = await this.ask({ path: '/api/v1/outbox' });
    return answer.expect(200).as(backendRoutes.readOutbox.answer);
  }

  /**
   * The position as soon as it is as it should be.
   * @throws Broken where it is not in time, with what it is instead
   */
  async untilRead(
    id: string,
    expected: string,
    holds: (answer: Answer) => boolean,
    withinMs = this.#withinMs,
  ): Promise<Answer> {
    return this.until(() => this.read(id), expected, holds, withinMs);
  }

  /** Asks again and again until the answer is as it should be. @throws Broken where it is not in time */
  async until(
    look: () => Promise<Answer>,
    expected: string,
    holds: (answer: Answer) => boolean,
    withinMs = this.#withinMs,
  ): Promise<Answer> {
    const end = performance.now() + withinMs;
    for (;;) {
      const answer = await look();
      if (holds(answer)) return answer;
      if (performance.now() > end) {
        throw new Broken({
          sent: answer.sent,
          came: answer.came,
          expected: `${expected} within ${withinMs / 1000} s`,
        });
      }
      await new Promise((next) => setTimeout(next, 25));
    }
  }
}
