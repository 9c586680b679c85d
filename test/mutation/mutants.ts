import type { FindingName } from '../../src/scenario/oracle/finding.ts';
import type { RunOptions } from '../../src/scenario/run.ts';
import type { Stack } from '../../src/stack/stack.ts';
import type { Mutable, Swap } from './build.ts';
import { lockOf } from './lock.ts';

/** Breaks one decision, and says who has to notice. */
export interface Mutant extends Swap {
  /** What is broken, for the title. */
  readonly broken: string;
  readonly role: Mutable;
  readonly caughtAs: FindingName;
  /** The steps that provoke it; the header has alice, bob and carol and their positions. */
  readonly steps: readonly string[];
  readonly friends?: string;
  /** What happens beside the steps. */
  readonly beside?: (stack: Stack) => RunOptions['pace'];
}

const shared = [
  'alice: { share: berlin-calls, with: bob, until: delivered }',
  'bob: { has: berlin-calls, must: true }',
];

/** Every decision on which delivery and access rest, broken. */
export const mutants: readonly Mutant[] = [
  {
    broken: 'dedupe off',
    role: 'backend',
    module: 'client/inbox-table.ts',
    mutant: 'inbox-table.ts',
    caughtAs: 'duplicate',
    steps: [
      ...shared,
      'alice: { update: berlin-calls, set: { notes: New }, until: delivered }',
      'alice: { emit: position_updated, to: bob, data: { position_id: $berlin-calls, version: 2, updates: {} }, id: once }',
      'alice: { emit: position_updated, to: bob, data: { position_id: $berlin-calls, version: 2, updates: {} }, id: once }',
    ],
  },
  {
    broken: 'acknowledgement before the commit',
    role: 'backend',
    module: 'client/ack-policy.ts',
    mutant: 'ack-policy.ts',
    caughtAs: 'lost',
    steps: ['alice: { share: berlin-calls, with: bob, until: delivered, within: 20s }'],
    beside: (stack) => lockOf(stack, 'bob'),
  },
  {
    broken: 'order off',
    role: 'backend',
    module: 'client/recipient-stream.ts',
    mutant: 'recipient-stream.ts',
    caughtAs: 'disordered',
    steps: [
      'alice: { share: berlin-calls, with: bob, until: delivered }',
      'delay: { from: relay, to: bob, type: position_updated, nth: 1, by: 400ms }',
      'alice: { update: berlin-calls, set: { notes: First } }',
      'alice: { comment: Second, on: berlin-calls, until: delivered }',
    ],
  },
  {
    broken: 'friendship ignored at the relay',
    role: 'relay',
    module: 'relay/friendship.ts',
    mutant: 'friendship.ts',
    caughtAs: 'leak',
    friends: '[]',
    steps: ['alice: { share: berlin-calls, with: carol }'],
  },
  {
    broken: 'revoke ignored',
    role: 'backend',
    module: 'backend/checks/judge-revoke.ts',
    mutant: 'judge-revoke.ts',
    caughtAs: 'zombie',
    steps: [...shared, 'alice: { revoke: berlin-calls, from: bob, until: delivered }'],
  },
  {
    broken: "the owner's access check off",
    role: 'backend',
    module: 'backend/checks/judge-read.ts',
    mutant: 'judge-read.ts',
    caughtAs: 'leak',
    steps: [
      "alice: { emit: position_shared, to: bob, data: { position_id: $berlin-calls, share_url: '$alice.url/api/v1/positions/ideas/$berlin-calls' } }",
    ],
  },
  {
    broken: "the recipient's check off",
    role: 'backend',
    module: 'backend/checks/judge-update.ts',
    mutant: 'judge-update-owner.ts',
    caughtAs: 'stale',
    friends: 'everyone',
    steps: [
      ...shared,
      'carol: { emit: position_updated, to: bob, data: { position_id: $berlin-calls, version: 2, updates: { notes: Mine } } }',
    ],
  },
  {
    broken: 'comment author unchecked',
    role: 'backend',
    module: 'backend/checks/judge-comment.ts',
    mutant: 'judge-comment.ts',
    caughtAs: 'forged',
    friends: 'everyone',
    steps: [
      'alice: { share: berlin-calls, with: [bob, carol], until: delivered }',
      'bob: { emit: comment_added, to: alice, data: { position_id: $berlin-calls, comment: { id: c1, text: Sell, user: { id: carol, display_name: Carol }, created_at: 2026-01-01T00:00:00Z } } }',
    ],
  },
  {
    broken: "an update's version unchecked",
    role: 'backend',
    module: 'backend/checks/judge-update.ts',
    mutant: 'judge-update-version.ts',
    caughtAs: 'stale',
    steps: [
      ...shared,
      'alice: { update: berlin-calls, set: { notes: New }, until: delivered }',
      'alice: { emit: position_updated, to: bob, data: { position_id: $berlin-calls, version: 2, updates: { notes: Old } } }',
    ],
  },
  {
    broken: 'keys of merged updates lost',
    role: 'backend',
    module: 'client/merge-updates.ts',
    mutant: 'merge-updates.ts',
    caughtAs: 'stale',
    steps: [
      ...shared,
      'alice: disconnect',
      'alice: { update: berlin-calls, set: { notes: First } }',
      'alice: { update: berlin-calls, set: { tags: [second] } }',
      'alice: { update: berlin-calls, set: { quantity: 3 } }',
      'alice: connect',
    ],
  },
  {
    broken: 'unfriending leaves the copies',
    role: 'backend',
    module: 'backend/acts/unfriend.ts',
    mutant: 'unfriend.ts',
    caughtAs: 'zombie',
    steps: [...shared, 'bob: { unfriend: alice }'],
  },
  {
    broken: 'an act answered and not written',
    role: 'backend',
    module: 'backend/acts/add-comment.ts',
    mutant: 'add-comment.ts',
    caughtAs: 'lost',
    steps: ['alice: { comment: Mine, on: berlin-calls }'],
  },
];
