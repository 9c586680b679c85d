import type { Instance, Stack } from '../../stack/stack.ts';
import type { InstanceState, Snapshot } from './control-frames.ts';
import type { Life } from './lives.ts';

/** One process as views see it. */
export const instanceState = (
  { name, role, state, pid, url, startMs }: Instance,
  { restarts, readyAt }: Life,
): InstanceState => ({
  name,
  role,
  state,
  ...(pid !== undefined && { pid }),
  ...(url !== undefined && { url }),
  ...(startMs !== undefined && { start_ms: startMs }),
  ...(readyAt !== undefined && { ready_at: readyAt }),
  restarts,
});

/** Where each user's page is. */
export const pagesOf = (stack: Stack): Snapshot['pages'] =>
  Object.fromEntries(
    stack.users.flatMap((user) => {
      const url = stack.pageUrlOf(user);
      return url === undefined ? [] : [[user, url]];
    }),
  );
