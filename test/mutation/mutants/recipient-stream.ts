import type { Arrival, Decision, RecipientStream } from '../../../src/client/recipient-stream.ts';

/** Takes events in the order in which they happen to come. */
export function decide(before: RecipientStream | undefined, { known }: Arrival): Decision {
  if (known) return { verdict: 'duplicate', stream: before, skipped: false };
  return { verdict: 'apply', stream: before, uncommitted: before, skipped: false };
}
