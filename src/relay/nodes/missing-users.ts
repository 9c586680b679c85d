import type { UserId } from '../../protocol/ids.ts';
import type { Post } from '../bus/post.ts';

const atOnce = 1000;

/** Which of these users no node has any more, in one call for up to a thousand. Down: nobody can tell, so nobody. */
export async function missingUsers(post: Post, users: ReadonlySet<UserId>): Promise<ReadonlySet<UserId>> {
  const all = [...users];
  const missing = new Set<UserId>();
  try {
    for (let from = 0; from < all.length; from += atOnce) {
      const some = all.slice(from, from + atOnce);
      const counts = await post.listening(some);
      for (const [index, user] of some.entries()) if (counts[index] === 0) missing.add(user);
    }
  } catch {
    return new Set();
  }
  return missing;
}
