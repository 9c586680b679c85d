import type { EventId, PositionId, UserId } from '../../protocol/ids.ts';
import type { Act } from '../acts.ts';

/**
 * What can be wrong although every step came true.
 * - `lost`: what was promised is not there: an act that was answered with success, an event that counts as delivered,
 *   a copy or a comment that its reader was granted.
 * - `stale`: a copy that differs from its owner's position.
 * - `duplicate`: one event had its effect twice.
 * - `disordered`: a recipient took events of one sender in another order than they were written.
 * - `zombie`: a copy that is there after a revoke or an unfriending.
 * - `leak`: something went to somebody to whom it was never addressed or granted, or who is no friend.
 * - `forged`: a comment that its author's backend does not know.
 * - `phantom`: an act that was refused, and happened all the same.
 */
export const findingNames = [
  'lost',
  'stale',
  'duplicate',
  'disordered',
  'zombie',
  'leak',
  'forged',
  'phantom',
] as const;
export type FindingName = (typeof findingNames)[number];

export interface OracleFinding {
  readonly name: FindingName;
  /** A sentence. */
  readonly message: string;
  /** False: something may still be under way that mends it. */
  readonly certain: boolean;
  readonly user: UserId;
  readonly event?: EventId | undefined;
  readonly position?: PositionId | undefined;
  readonly act?: Act | undefined;
}
