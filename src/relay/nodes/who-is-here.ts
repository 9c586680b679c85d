import type { UserId } from '../../protocol/ids.ts';
import type { OnlineUser } from '../../protocol/relay-rest.ts';
import type { NodeFrame } from '../bus/frames.ts';
import type { Post } from '../bus/post.ts';
import type { Told } from '../presence-frames.ts';
import type { Roster } from '../roster.ts';
import type { Remotes } from './remote.ts';

const answerMs = 1000;

export interface WhoIsHereOptions {
  readonly post: Post;
  readonly roster: Roster;
  readonly remotes: Remotes;
}

/** Asks the one node that has a user who of their friends is online: a REST request may reach any node. */
export class WhoIsHere implements Disposable {
  readonly #options: WhoIsHereOptions;
  readonly #asked = new Map<number, (users: readonly OnlineUser[] | undefined) => void>();
  #last = 0;

  constructor(options: WhoIsHereOptions) {
    this.#options = options;
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
      this.#options.post.toUser(user, { k: 'who', q }, (listeners) => {
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

  /** Tells another node who is online for a user who is here. */
  answer(user: UserId, q: number, node: string): void {
    const { post, roster, remotes } = this.#options;
    const present = roster.present(user);
    if (!present || roster.absent(user)?.isElsewhere) return;
    const friends = [...roster.friendsOf(present), ...remotes.friendsOf(present)];
    const users = new Map(
      friends.map((friend) => [
        friend.user,
        { user: friend.user, name: friend.profile.displayName, seen: friend.lastSeen },
      ]),
    );
    post.toNode(node, { k: 'here', q, users: [...users.values()] });
  }

  [Symbol.dispose](): void {
    for (const end of this.#asked.values()) end(undefined);
  }
}

export const onlineUser = ({ user, profile, lastSeen }: Told): OnlineUser => ({
  user_id: user,
  display_name: profile.displayName,
  status: 'online',
  last_seen: new Date(lastSeen).toISOString(),
});
