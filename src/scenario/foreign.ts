import type { UserId } from '../protocol/ids.ts';
import type { Stack } from '../stack/stack.ts';

/** Whether a command of the user's own stands in the place of this backend. */
export const isForeign = (stack: Pick<Stack, 'instances'>, user: UserId): boolean =>
  stack.instances().some(({ name, role, foreign }) => foreign && role === 'backend' && name === user);
