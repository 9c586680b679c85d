import type { ShareId } from '../../protocol/ids.ts';

interface Job {
  readonly n: number;
  readonly share_id: ShareId | undefined;
}

/**
 * May what came of a fetch still be written? Only for the very job that began it: a revoke in between has deleted it,
 * a new grant has replaced it.
 */
export function mayStore(begun: Job, now: Job | undefined): boolean {
  return now !== undefined && now.n === begun.n && now.share_id === begun.share_id;
}
