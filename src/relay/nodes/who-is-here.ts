import type { UserId } from '../../protocol/ids.ts';
import type { OnlineUser } from '../../protocol/relay-rest.ts';
import type { NodeFrame } from '../bus/frames.ts';
import type { Post } from '../bus/post.ts';

const answerMs = 1000;

/** Asks the one node that has a user who of their friends is online: a REST request may reach any node. */
export class WhoIsHere implements Disposable {
  readonly #post: Post;
  readonly #asked = new Map<number, (users: readonly OnlineUser[] | undefined) => void>();
  #last = 0;

  constructor(post: Post) {
    this.#post = post;
  }

  /** Undefined where no node has the user, or does not say so in time. */
  ask(user: UserId): Promise<readonly OnlineUser[] | undefined> {
    this.#last += 1;
    const q = this.#last;
    return new Promise((resolve) => {
      const timer = setTimeout(() => end(undefined), answerMs);
      const end = (users: readonly OnlineUser[] | undefined): void => {
        clearTimeout(timer);
        this.#asked.delete(q);
        resolve(users);
      };
      this.#asked.set(q, end);
      this.#post.toUser(user, { k: 'who', q }, (listeners) => {
        if (listeners === 0) end(undefined);
      });
    });
  }

  hear({ q, users }: Extract<NodeFrame, { k: 'here' }>): void {
    this.#asked.get(q)?.(
      users.map(({ user, name, seen }) => ({
        user_id: user,
        display_name: name,
        status: 'online',
        last_seen: new Date(seen).toISOString(),
      })),
    );
  }

  [Symbol.dispose](): void {
    for (const end of this.#asked.values()) end(undefined);
  }
}
